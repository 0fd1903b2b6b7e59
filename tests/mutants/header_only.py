"""Mutants of header-only code: a test's sources are compiled against a changed copy of the headers."""

import pathlib
import shutil

from common import LAUNCHER, ROOT, fresh_folder, must, mutate

FLAGS = ["-std=c++20", "-O0", "-DBOOST_TEST_DYN_LINK"]
LIBRARIES = ["-lboost_unit_test_framework", "-lrapidcheck", "-lcctz", "-pthread"]
COMMON = """
    #include <rapidcheck.h>
    #include <rapidcheck/boost_test.h>
    #include <boost/test/unit_test.hpp>
    """


class HeaderOnly:
    def __init__(self, options):
        self.compiler = options.compiler
        self.work = options.work
        self.main = self.work / "main.o"
        self.common = self.work / "common.hpp"

    def prepare(self):
        """Builds what all tests share: their main function, and the headers of the frameworks."""
        main = self.work / "main.cpp"
        main.write_text("#define BOOST_TEST_MODULE mutant\n#include <boost/test/unit_test.hpp>\n")
        self.common.write_text(COMMON)
        compiled = self.common.with_name("common.hpp.gch")
        must([self.compiler, *FLAGS, "-c", main, "-o", self.main], "compiling")
        must([self.compiler, *FLAGS, "-x", "c++-header", self.common, "-o", compiled], "compiling")

    def unchanged(self, mutant):
        # Named after the mutant: two tests that differ in their arguments share their sources.
        folder = fresh_folder(self.work / f"unchanged_{mutant['name']}")
        shutil.copytree(ROOT / "include", folder / "include")
        return self.build(folder, mutant)

    def changed(self, mutant):
        folder = fresh_folder(self.work / mutant["name"])
        shutil.copytree(ROOT / "include", folder / "include")
        mutate(mutant, folder)
        return self.build(folder, mutant)

    def build(self, folder, mutant):
        objects = [self.main]
        for source in mutant["sources"]:
            objects.append(folder / (pathlib.Path(source).stem + ".o"))
            includes = ["-include", self.common, f"-I{folder / 'include'}", f"-I{ROOT / 'tests'}"]
            command = [*LAUNCHER, self.compiler, *FLAGS, *includes]
            must([*command, "-c", ROOT / source, "-o", objects[-1]], "compiling")
        must([self.compiler, *objects, *LIBRARIES, "-o", folder / "test"], "linking")
        return folder / "test"
