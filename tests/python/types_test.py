"""The stubs: they name what the module has, and a type checker is content with the package and with a host's program."""

import os
import pathlib
import subprocess
import sys

import pytest

import callqueue

HERE = pathlib.Path(__file__).resolve().parent
TOOL = HERE.parents[1] / "bindings/python/tools/make_stubs.py"
PACKAGE = pathlib.Path(callqueue.__file__).parent


WRONG = """
cq.Contact(nmae="x")
cq.Contact(name=3)
cq.open("x").claim()
cq.CallQueue(cq.open("x")).claim(limit="3")
cq.Processor(cq.open("x"), lambda call: 3)
cq.open("x").find_user(3)
""".strip().splitlines()


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    cache = str(tmp_path_factory.mktemp("mypy"))

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", cache, *arguments],
            capture_output=True, text=True, cwd=HERE, env={**os.environ, "MYPYPATH": str(PACKAGE.parent)})

    return run


def test_the_stubs_are_what_the_module_says():
    assert (PACKAGE / "py.typed").exists()
    made = subprocess.run([sys.executable, "-B", str(TOOL), "--check"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_stubs_that_lack_something_are_noticed(tmp_path):
    for path in PACKAGE.glob("*.pyi"):
        (tmp_path / "callqueue").mkdir(exist_ok=True)
        (tmp_path / "callqueue" / path.name).write_text(path.read_text().replace("    def claim(", "    def clam("))
    (tmp_path / "tools").mkdir()
    tool = tmp_path / "tools" / TOOL.name
    tool.write_text(TOOL.read_text())
    made = subprocess.run([sys.executable, "-B", str(tool), "--check"], capture_output=True, text=True)
    assert made.returncode == 1 and "_core.pyi" in made.stderr


def test_a_type_checker_is_content_with_the_package(mypy):
    checked = mypy("-p", "callqueue")
    assert checked.returncode == 0, checked.stdout


def test_a_type_checker_is_content_with_a_program(mypy):
    checked = mypy("client.py")
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("page", ["embedding", "embedding_further"])
def test_a_type_checker_is_content_with_the_programs_in_the_docs(mypy, tmp_path, page):
    program = tmp_path / f"{page}.py"
    extract = [sys.executable, "-B", str(HERE.parent / "docs/embedding.py"), str(HERE.parents[1] / f"docs/{page}.md"), "python"]
    program.write_text(subprocess.run(extract, capture_output=True, text=True, check=True).stdout)
    checked = mypy(str(program))
    assert checked.returncode == 0, checked.stdout


def test_a_type_checker_finds_mistakes(mypy, tmp_path):
    program = tmp_path / "wrong.py"
    program.write_text("\n".join(["import callqueue as cq", *WRONG]) + "\n")
    said = mypy(str(program)).stdout
    for number, line in enumerate(WRONG, 2):
        assert f"wrong.py:{number}: error" in said, line
