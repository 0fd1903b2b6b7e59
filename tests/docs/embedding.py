#!/usr/bin/env python3
"""embedding.py PAGE cpp|c|python|text: the program (or what it prints) that the pieces on a page amount to, on standard output.

In C and C++ a piece that begins with `#include`, `class` or `static` stands outside of main, the others in it, one after the other.

embedding.py PAGE --compare COMMAND…: runs it; what it prints has to be what the page says.
"""

import difflib
import re
import subprocess
import sys


def pieces(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def program(page, language):
    found = pieces(page, language)
    if language in ("python", "text"):
        return "\n".join(found)
    outside = [piece for piece in found if piece.startswith(("#include", "class ", "static "))]
    inside = [piece for piece in found if piece not in outside]
    arguments = "void" if language == "c" else ""
    return "\n".join([*outside, f"int main({arguments}) {{", *inside, "return 0;\n}\n"])


def compare(page, command):
    expected = program(page, "text")
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), "page", "program"))
    return 0 if printed == expected else 1


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    if sys.argv[2] == "--compare":
        return compare(page, sys.argv[3:])
    sys.stdout.write(program(page, sys.argv[2]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
