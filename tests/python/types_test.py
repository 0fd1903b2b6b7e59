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


def mypy(*arguments, tmp_path):
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", str(tmp_path), *arguments],
        capture_output=True, text=True, cwd=HERE, env={**os.environ, "MYPYPATH": str(PACKAGE.parent)})


def test_the_stubs_are_what_the_module_says():
    assert (PACKAGE / "py.typed").exists()
    made = subprocess.run([sys.executable, "-B", str(TOOL), "--check"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_a_type_checker_is_content(tmp_path):
    for what in (["-p", "callqueue"], ["client.py"]):
        checked = mypy(*what, tmp_path=tmp_path)
        assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        'cq.Contact(nmae="x")',
        "cq.Contact(name=3)",
        'cq.open("x").claim()',
        'cq.CallQueue(cq.open("x")).claim(limit="3")',
        "cq.Processor(cq.open('x'), lambda call: 3)",
        'cq.open("x").find_user(3)',
    ],
)
def test_a_type_checker_finds_mistakes(tmp_path_factory, wrong):
    folder = tmp_path_factory.mktemp("wrong")
    program = folder / "wrong.py"
    program.write_text(f"import callqueue as cq\n{wrong}\n")
    cache = tmp_path_factory.getbasetemp() / "mypy"
    assert "wrong.py:2: error" in mypy(str(program), tmp_path=cache).stdout
