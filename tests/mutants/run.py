"""Shows that the tests can fail: breaks the code in small ways and expects a test to notice.

    run.py [--group NAME] [--only NAME] [--jobs N] [--compiler CXX] [--work FOLDER] [--list FILE]

mutants.toml holds the mutants. Each replaces one piece of text, which must occur exactly once, in
one file of a copy of the sources, and names the test that has to fail then:

    [[mutant]]
    group = "core"                         # What --group selects.
    name = "window_end_is_exclusive"
    file = "include/callqueue/detail/calling_rules_impl.hpp"
    search = "closing_of(window, date) >= first"
    replace = "closing_of(window, date) > first"
    sources = ["tests/core/calling_rules_test.cpp"]   # Compiled by themselves: header-only code.

Instead of `sources`, for what has to be linked, a target of CMake that is a test program:

    target = "conformance_tests"
    arguments = ["--run_test=claims"]      # Optional, also with `sources`.

Each test is run on the unchanged sources first, where it has to pass. A mutant that does not
compile is an error: nothing was shown. Exit status 0: every mutant was caught.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
TIMEOUT = 300  # Seconds; a test that hangs has noticed.
FLAGS = ["-std=c++20", "-O0", "-DBOOST_TEST_DYN_LINK"]
LIBRARIES = ["-lboost_unit_test_framework", "-lrapidcheck", "-lcctz", "-pthread"]


class Broken(Exception):
    """The mutant or its test is at fault, not the code."""


def run(command, **options):
    # The test headers are precompiled, which ccache has to be told to accept.
    environment = {"CCACHE_SLOPPINESS": "pch_defines,time_macros", **os.environ}
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True, text=True, check=False, env=environment, **options,
    )


def must(command, what):
    result = run(command)
    if result.returncode != 0:
        raise Broken(f"{what} failed:\n{(result.stdout + result.stderr)[-3000:]}")


def passes(program, mutant):
    try:
        command = [program, *mutant.get("arguments", [])]
        return run(command, timeout=TIMEOUT).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def mutate(mutant, folder):
    """Applies the replacement in a copy of the sources; returns the file and its former text."""
    path = folder / mutant["file"]
    text = path.read_text()
    if text.count(mutant["search"]) != 1:
        raise Broken(f"its text occurs {text.count(mutant['search'])} times in {mutant['file']}")
    path.write_text(text.replace(mutant["search"], mutant["replace"]))
    return path, text


def launcher():
    return [shutil.which("ccache")] if shutil.which("ccache") else []


class Headers:
    """Compiles test sources by themselves against a changed copy of the headers."""

    COMMON = """
        #include <rapidcheck.h>
        #include <rapidcheck/boost_test.h>
        #include <boost/test/unit_test.hpp>
        """

    def __init__(self, options):
        self.compiler = options.compiler
        self.work = options.work / "headers"
        self.main = self.work / "main.o"
        self.common = self.work / "common.hpp"

    def prepare(self):
        """Builds what all tests share: their main function, and the headers of the frameworks."""
        self.work.mkdir(parents=True, exist_ok=True)
        main = self.work / "main.cpp"
        main.write_text("#define BOOST_TEST_MODULE mutant\n#include <boost/test/unit_test.hpp>\n")
        self.common.write_text(self.COMMON)
        compiled = self.common.with_name("common.hpp.gch")
        must([self.compiler, *FLAGS, "-c", main, "-o", self.main], "compiling")
        must([self.compiler, *FLAGS, "-x", "c++-header", self.common, "-o", compiled], "compiling")

    def build(self, name, mutant, change):
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "include", folder / "include")
        if change:
            mutate(mutant, folder)
        objects = [self.main]
        for source in mutant["sources"]:
            objects.append(folder / (pathlib.Path(source).stem + ".o"))
            includes = ["-include", self.common, f"-I{folder / 'include'}", f"-I{ROOT / 'tests'}"]
            command = [*launcher(), self.compiler, *FLAGS, *includes]
            must([*command, "-c", ROOT / source, "-o", objects[-1]], "compiling")
        must([self.compiler, *objects, *LIBRARIES, "-o", folder / "test"], "linking")
        return folder / "test"

    def control(self, mutant):
        # Named after the mutant: two tests that differ in their arguments share their sources.
        return passes(self.build(f"unchanged_{mutant['name']}", mutant, change=False), mutant)

    def survives(self, mutant):
        return passes(self.build(mutant["name"], mutant, change=True), mutant)


class Targets:
    """Builds targets of CMake in a copy of the repository, one mutant after the other."""

    def __init__(self, options):
        self.source = options.work / "source"
        self.build_folder = options.work / "build"
        self.compiler = options.compiler

    def prepare(self):
        self.copy_sources()
        command = ["cmake", "-S", self.source, "-B", self.build_folder, "-G", "Ninja"]
        settings = {
            "CMAKE_CXX_COMPILER": self.compiler,
            "CMAKE_BUILD_TYPE": "Debug",
            "CMAKE_CXX_FLAGS_DEBUG": "-O0",
        }
        if launcher():
            settings["CMAKE_CXX_COMPILER_LAUNCHER"] = launcher()[0]
        must([*command, *(f"-D{key}={value}" for key, value in settings.items())], "configuring")

    def copy_sources(self):
        """Copies what changed, so that a second run builds little."""
        wanted = set()
        for path in ROOT.rglob("*"):
            inside = path.relative_to(ROOT)
            if inside.parts[0] in {".git", "build", "demo"} or not path.is_file():
                continue
            wanted.add(inside)
            copy = self.source / inside
            if not copy.exists() or copy.read_bytes() != path.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copy)
        for copy in list(self.source.rglob("*")):
            if copy.is_file() and copy.relative_to(self.source) not in wanted:
                copy.unlink()

    def build(self, mutant):
        must(["cmake", "--build", self.build_folder, "--target", mutant["target"]], "building")
        return self.build_folder / mutant["target"]

    def control(self, mutant):
        return passes(self.build(mutant), mutant)

    def survives(self, mutant):
        path, text = mutate(mutant, self.source)
        try:
            return passes(self.build(mutant), mutant)
        finally:
            path.write_text(text)


def key_of(mutant):
    """What names the test of a mutant, to run it unchanged only once."""
    return (mutant.get("target"), *mutant.get("sources", []), *mutant.get("arguments", []))


def report(name, work):
    """Runs one step; returns what is wrong with it, or None."""
    try:
        fault = work()
    except Broken as broken:
        fault = str(broken)
    print(f"{'FAIL' if fault else 'ok':4}  {name}{': ' + fault if fault else ''}", flush=True)
    return fault


def check_all(mutants, way, jobs):
    if not mutants:
        return []
    way.prepare()
    tests = {key_of(mutant): mutant for mutant in mutants}
    steps = [
        (f"passes unchanged: {' '.join(part for part in key if part)}",
         lambda mutant=mutant: None if way.control(mutant) else "the test fails without a mutant")
        for key, mutant in tests.items()
    ]
    # The unchanged code first: without it, no failure means anything.
    faults = each(steps, jobs)
    if any(faults):
        return faults
    return faults + each(
        [
            (mutant["name"],
             lambda mutant=mutant: "no test noticed" if way.survives(mutant) else None)
            for mutant in mutants
        ],
        jobs,
    )


def each(steps, jobs):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(lambda step: report(*step), steps))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--list", type=pathlib.Path, default=ROOT / "tests/mutants/mutants.toml")
    parser.add_argument("--group")
    parser.add_argument("--only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--compiler", default=os.environ.get("CXX", "c++"))
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build/mutants")
    options = parser.parse_args()
    options.work = options.work.resolve()

    mutants = [
        mutant
        for mutant in tomllib.loads(options.list.read_text())["mutant"]
        if options.group in (None, mutant["group"]) and options.only in (None, mutant["name"])
    ]
    headers = [mutant for mutant in mutants if "sources" in mutant]
    targets = [mutant for mutant in mutants if "target" in mutant]
    faults = check_all(headers, Headers(options), options.jobs)
    faults += check_all(targets, Targets(options), 1)
    wrong = sum(fault is not None for fault in faults)
    print(f"{len(mutants)} mutants, {wrong} faults")
    return 1 if wrong or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())
