"""The package as others get it: a wheel, made and installed into an environment that has nothing else."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = """
import callqueue, datetime, pathlib, sys
assert pathlib.Path(callqueue.__file__).is_relative_to(sys.prefix), callqueue.__file__
with callqueue.open("sqlite::memory:") as store:
    store.migrate()
    print(callqueue.__version__, store.create_user(callqueue.User(name="Ann")).name)
"""


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.skipif(
    not os.environ.get("CALLQUEUE_LONG"), reason="compiles the whole library"))], ids=["built", "whole"])
def test_a_wheel_is_installed_into_a_clean_environment(tmp_path, whole):
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "CALLQUEUE_BUILD")}
    if not whole:
        environment["CALLQUEUE_BUILD"] = os.environ["CALLQUEUE_BUILD"]
    sources = tmp_path / "tree/bindings/python"
    shutil.copytree(ROOT / "bindings/python", sources, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    for name in ("CMakeLists.txt", "LICENSE", "README.md", "bindings/c", "cmake", "include", "migrations", "src"):
        if (ROOT / name).exists():
            (tmp_path / "tree" / name).symlink_to(ROOT / name)
    before = set(sources.rglob("*"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "-q", "--no-build-isolation", "--no-index", "--no-deps", "-w", str(tmp_path), str(sources)],
                   check=True, env=environment)
    assert set(sources.rglob("*")) == before  # Nothing is left behind in the sources.
    wheel, = tmp_path.glob("callqueue-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"callqueue/__init__.py", "callqueue/_core.pyi", "callqueue/aio.pyi", "callqueue/py.typed"} <= names
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "v")], check=True)
    subprocess.run([*pip, "--python", str(tmp_path / "v/bin/python"), "install", "-q", "--no-index", "--no-deps", str(wheel)],
                   check=True, env=environment)
    said = subprocess.run([str(tmp_path / "v/bin/python"), "-c", PROGRAM], check=True, env=environment, cwd=tmp_path,
                          capture_output=True, text=True).stdout
    version = wheel.name.split("-")[1]
    assert said == f"{version} Ann\n"
