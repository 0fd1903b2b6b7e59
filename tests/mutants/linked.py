"""Mutants of what is linked, made from a test program of the build that is there.

SQL stands in a program as it stands in its source: it is changed in a copy of the program, with
nothing compiled. Otherwise only the changed file is compiled, and the program linked anew with it in
front of the library. The library's own object of that file is not asked for any more, for whatever it
defines is defined already.
"""

import json
import shlex
import shutil

from common import LAUNCHER, ROOT, Broken, fresh_folder, must, mutate

# It compiles faster, and no warning helps here.
HASTE = ["-O0", "-w"]
# Links in half the time where it is there.
LINKER = ["-fuse-ld=gold"] if shutil.which("ld.gold") else []


class Linked:
    def __init__(self, options):
        self.work, self.folder, self.ninja = options.work, options.build, options.ninja
        self.compilations = {}

    def prepare(self):
        text = (self.folder / "compile_commands.json").read_text()
        # A file may belong to several targets; the library's sources belong to it alone.
        self.compilations = {entry["file"]: entry for entry in json.loads(text)}

    def unchanged(self, mutant):
        words, at = self.link_of(mutant["target"])
        program = self.folder / words[at]
        if not program.exists():
            raise Broken(f"{mutant['target']} is not built")
        return program

    def changed(self, mutant):
        folder = fresh_folder(self.work / mutant["name"])
        mutate(mutant, folder)
        program = self.patch(mutant, folder)
        return program or self.link(mutant, folder)

    def patch(self, mutant, folder):
        """The program with other SQL in it; nothing if it does not hold the text, once, or has no room."""
        original = self.unchanged(mutant)
        code = original.read_bytes()
        search, replace = mutant["search"].encode(), mutant["replace"].encode()
        if code.count(search) != 1 or len(replace) > len(search):
            return None
        program = folder / "test"
        program.write_bytes(code.replace(search, replace.ljust(len(search))))
        program.chmod(0o755)
        return program

    def link(self, mutant, folder):
        if mutant["file"].endswith(".sql"):
            raise Broken(f"{mutant['target']} does not hold the text once, or the other is longer")
        sources = mutant.get("compile", [mutant["file"]])
        objects = [self.compile(folder, source) for source in sources]
        words, at = self.link_of(mutant["target"])
        words[at] = folder / "test"
        own = {self.object_of(source) for source in sources}  # Where the program holds the file itself.
        words = [word for word in words if word not in own]
        first = words.index("-o")
        words[first:first] = objects
        must([*words, *LINKER], "linking", cwd=self.folder)
        return folder / "test"

    def link_of(self, target):
        """The words of the command that links the target, and the place of the program's name."""
        command = must([self.ninja, "-C", self.folder, "-t", "commands", "-s", target], "ninja")
        words = next((shlex.split(part) for part in command.split("&&") if " -o " in part), None)
        if words is None:
            raise Broken(f"no command links {target}")
        return words, words.index("-o") + 1

    def compilation_of(self, source):
        entry = self.compilations.get(str(ROOT / source))
        if entry is None:
            raise Broken(f"the build does not compile {source}")
        return [word for word in shlex.split(entry["command"]) if "ccache" not in word]

    def object_of(self, source):
        words = self.compilation_of(source)
        return words[words.index("-o") + 1]

    def compile(self, folder, source):
        """Compiles the source, or the changed copy of it, with changed headers in front."""
        original = str(ROOT / source)
        words = self.compilation_of(source)
        if (folder / source).exists():
            words[words.index(original)] = folder / source
        to = folder / (source.replace("/", "_") + ".o")
        words[words.index("-o") + 1] = to
        headers = [f"-I{folder / 'src'}", f"-I{folder / 'include'}"]
        must([*LAUNCHER, words[0], *headers, *words[1:], *HASTE], "compiling", cwd=self.folder)
        return to
