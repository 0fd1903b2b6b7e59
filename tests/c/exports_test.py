#!/usr/bin/env python3
"""exports_test.py HEADER LIBRARY TESTS: the library exports what the header declares, and nothing else;
and the header keeps its own conventions."""
import ctypes
import os
import pathlib
import re
import subprocess
import sys
import unittest

HEADER, LIBRARY, TESTS = sys.argv[1:4]
# The one that is a word of its own: it stands for the rule that structs begin with their size.
WITHOUT_SIZE = {"cq_call_ref"}


def declared(header):
    return set(re.findall(r"^CQ_API [^;]*?\b(cq_\w+)\(", header, re.M))


def exported(listing):
    """Names in the output of `nm -D --defined-only`, but for that of the version itself."""
    return {line.split()[-1].split("@")[0] for line in listing.splitlines() if " A " not in line}


def without_since(header):
    """Declarations whose comment does not say since when they are there."""
    comment, bare = [], []
    for line in header.splitlines():
        if line.startswith("///"):
            comment.append(line)
            continue
        if re.match(r"CQ_API |typedef |enum |#define CQ_[NU]", line) and "/// @since 0.1" not in comment:
            bare.append(line)
        comment = []
    return bare


def without_size(header):
    structs = re.findall(r"typedef struct (cq_\w+) \{\n(.*?);", header, re.S)
    return {name for name, first in structs if first.strip() != "size_t size"}


def unsaid(header):
    """Functions that do not say whether they are thread-safe; init and free belong to one thread's struct."""
    return [name for comment, name in
            re.findall(r"((?:^///.*\n)+)CQ_API [^;]*?\b(cq_\w+)\(", header, re.M)
            if not re.search(r"[Tt]hread-safe|one thread|On this thread|on this thread", comment)
            and not re.search(r"_(init|free|close)$|^cq_(dial|lookup)_", name)]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Exports(unittest.TestCase):
    header = pathlib.Path(HEADER).read_text(encoding="utf-8")

    def test_every_function_is_exported_and_nothing_else(self):
        names = declared(self.header)
        self.assertGreater(len(names), 150)
        found = exported(run("nm", "-D", "--defined-only", LIBRARY))
        self.assertEqual(names - found, set())
        self.assertEqual(found - names, set())
        self.assertIn("std_leak", exported("0000000000001000 T cq_version@@X\n0000000000002000 W std_leak\n"))

    def test_programs_find_it_by_its_soname(self):
        self.assertRegex(run("readelf", "-d", LIBRARY), r"SONAME.*\[libcallqueue_c\.so\.0\]")

    def test_every_declaration_says_since_when(self):
        self.assertEqual(without_since(self.header), [])
        self.assertEqual(without_since("/// New.\nCQ_API void cq_new(void);"), ["CQ_API void cq_new(void);"])

    def test_every_struct_begins_with_its_size(self):
        self.assertEqual(without_size(self.header), WITHOUT_SIZE)
        self.assertEqual(without_size("typedef struct cq_x {\n  int y;\n} cq_x;"), {"cq_x"})

    def test_every_function_says_whether_it_is_thread_safe(self):
        self.assertEqual(unsaid(self.header), [])
        self.assertEqual(unsaid("/// New.\nCQ_API void cq_new(void);"), ["cq_new"])

    @unittest.skipIf(os.environ.get("CALLQUEUE_SANITIZE") == "1", "Python has not the sanitizer's library")
    def test_whatever_frees_takes_nothing_too(self):
        library = ctypes.CDLL(LIBRARY)
        names = [name for name in declared(self.header) if name.endswith(("_free", "_close"))]
        self.assertGreater(len(names), 25)
        for name in names:
            nothing = ctypes.c_void_p()
            for given in (None, ctypes.byref(nothing)):
                getattr(library, name)(given)
            self.assertIsNone(nothing.value, name)

    def test_every_function_is_tested(self):
        tests = "".join(path.read_text(encoding="utf-8") for path in pathlib.Path(TESTS).glob("*_test.c"))
        tests += pathlib.Path(TESTS, "main.c").read_text(encoding="utf-8")
        self.assertEqual({name for name in declared(self.header) if not re.search(name + r"\b", tests)}, set())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
