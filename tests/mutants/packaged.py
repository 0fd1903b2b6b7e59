"""Mutants of the Python package's own files: a copy of the package with one of them changed.

`file` lies in bindings/python/callqueue, `pytest` names the file of tests, `test` one test in it.
"""

from common import fresh_folder, mutate


class Packaged:
    def __init__(self, options):
        self.work = options.work
        self.package = options.build / "bindings/python/package/callqueue"

    def prepare(self):
        pass

    def unchanged(self, mutant):
        return self.package.parent

    def changed(self, mutant):
        folder = fresh_folder(self.work / mutant["name"])
        changed = mutate(mutant, folder)
        package = folder / "package/callqueue"
        package.mkdir(parents=True)
        for path in self.package.iterdir():
            if path.is_file():
                (package / path.name).symlink_to(changed if path.name == changed.name else path.resolve())
        return package.parent
