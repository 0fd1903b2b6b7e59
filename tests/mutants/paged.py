"""Mutants of the dashboard: its pages built from a copy of the sources with one file changed.

`file` lies in examples/dashboard, `page` is true, `test` is the name of a test under tests/dashboard.
"""

import shutil

from common import ROOT, fresh_folder, must, mutate

SOURCES = ROOT / "examples/dashboard"


class Paged:
    def __init__(self, options):
        self.work = options.work

    def prepare(self):
        must([ROOT / "scripts/dashboard"], "building the dashboard")

    def unchanged(self, mutant):
        return SOURCES / "dist"

    def changed(self, mutant):
        folder = fresh_folder(self.work / mutant["name"])
        copy = folder / "examples/dashboard"
        shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
        (copy / "node_modules").symlink_to(SOURCES / "node_modules")
        mutate(mutant, folder)
        must([copy / "node_modules/.bin/vite", "build", "--logLevel", "error"], "building the mutant", cwd=copy)
        return copy / "dist"
