"""Builds the compiled part with CMake, from the sources of the library around this folder.

Environment: CALLQUEUE_BUILD names a build tree of the library, configured with CALLQUEUE_PYTHON=ON, to take the compiled
part from; without it everything is compiled, which takes minutes. CALLQUEUE_CMAKE_ARGS are handed to CMake
(`-DCALLQUEUE_POSTGRES=OFF`).
"""

import atexit
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def version():
    """The library's: the one of the whole project."""
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"project\(callqueue VERSION ([\d.]+)", text)[1]


class CMakeBuild(build_ext):
    """Has CMake build the module, and puts it where setuptools expects it."""

    def build_extension(self, extension):
        target = pathlib.Path(self.get_ext_fullpath(extension.name)).resolve()
        tree = os.environ.get("CALLQUEUE_BUILD")
        if not tree:
            tree = pathlib.Path(self.build_temp).resolve()
            self.configure(tree)
        subprocess.run(["cmake", "--build", str(tree), "--target", "callqueue_python", "--parallel",
                        str(os.cpu_count() or 1)], check=True)
        built = next((pathlib.Path(tree) / "bindings/python/package/callqueue").glob("_core.*.so"))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(built, target)

    @staticmethod
    def configure(tree):
        off = ["TESTS", "EXAMPLES", "CLI", "ACCESS", "FAILPOINTS", "SHARED"]
        subprocess.run(
            ["cmake", "-S", str(ROOT), "-B", str(tree), "-DCMAKE_BUILD_TYPE=Release", "-DCALLQUEUE_PYTHON=ON",
             "-DCALLQUEUE_POSTGRES=ON", f"-DPython_EXECUTABLE={sys.executable}",
             *(f"-DCALLQUEUE_{option}=OFF" for option in off),
             *(["-G", "Ninja"] if shutil.which("ninja") else []),
             *shlex.split(os.environ.get("CALLQUEUE_CMAKE_ARGS", ""))],
            check=True)


def scratch():
    """A folder that goes with this process: what is built on the way stays out of the sources."""
    folder = tempfile.mkdtemp(prefix="callqueue-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


SCRATCH = scratch()
setup(version=version(), ext_modules=[Extension("callqueue._core", [])], cmdclass={"build_ext": CMakeBuild},
      options={"build": {"build_base": SCRATCH}, "egg_info": {"egg_base": SCRATCH}})
