"""What the two ways of building a mutant share."""

import errno
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAUNCHER = [shutil.which("ccache")] if shutil.which("ccache") else []
NODE = ["node", "--test-reporter=tap"]
TIMEOUT = 200  # Seconds, unless the mutant says otherwise; a test that hangs has noticed.


class Broken(Exception):
    """The mutant or its test is at fault, not the code."""


def run(command, environment=None, **options):
    # The test headers are precompiled, which ccache has to be told to accept.
    environment = {
        "CCACHE_SLOPPINESS": "pch_defines,time_macros", **os.environ, **(environment or {})}
    # A program just written cannot be run while a child of another thread still has it open.
    while True:
        try:
            return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                                  check=False, env=environment, **options)
        except OSError as error:
            if error.errno != errno.ETXTBSY:
                raise


def must(command, what, **options):
    result = run(command, **options)
    if result.returncode != 0:
        raise Broken(f"{what} failed:\n{(result.stdout + result.stderr)[-3000:]}")
    return result.stdout


def command_of(program, mutant):
    if "page" in mutant:
        return [*NODE, ROOT / "tests/dashboard/dashboard_test.mjs", mutant["server"], mutant["tool"]]
    if mutant.get("http", "").endswith(".mjs"):
        return [*NODE, ROOT / mutant["http"], program, mutant["tool"]]
    if "http" in mutant:
        return [sys.executable, "-B", ROOT / mutant["http"], program, mutant["tool"], *mutant["tests"]]
    if "pytest" in mutant:
        tests = [f"{ROOT / mutant['pytest']}::{test}" for test in mutant["tests"]]
        return [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    tests = [f"--run_test={test.rstrip('*')}*" for test in mutant["tests"]]
    if tests and "without" in mutant:
        tests.append(f"--run_test=!{mutant['without']}")
    command = [program, *tests, *mutant.get("arguments", [])]
    if "script" in mutant:
        command = [sys.executable, "-B", ROOT / mutant["script"], "--worker", *command]
    return command


def passes(program, mutant, says=""):
    """Whether the test goes well. One that fails has to say this."""
    command = command_of(program, mutant)
    environment = mutant.get("environment", {})
    if "pytest" in mutant:
        environment = {**environment, "PYTHONPATH": str(program)}
    if command[0] == NODE[0]:
        pages = {"CALLQUEUE_PAGES": str(program)} if "page" in mutant else {}
        only = "|".join(f"^{re.escape(test)}$" for test in mutant["tests"])
        # What does not show soon does not show.
        environment = {**environment, **pages, "CALLQUEUE_ONLY": only, "CALLQUEUE_PATIENCE_MS": "15000"}
    try:
        result = run(command, environment, timeout=mutant.get("timeout", TIMEOUT))
    except subprocess.TimeoutExpired:
        return False
    said = result.stdout + result.stderr
    if any(words in said for words in ("no test cases matching", "has no attribute 'test_", "ERROR: not found", "# tests 0")):
        raise Broken(f"there is no test {' '.join(mutant['tests'])}")
    if result.returncode != 0 and says not in said:
        raise Broken(f"the test does not say “{says}” but:\n{said[-3000:]}")
    return result.returncode == 0


def find_text(mutant):
    """Returns the file that holds the mutant's text, once."""
    text = (ROOT / mutant["file"]).read_text()
    if (count := text.count(mutant["search"])) != 1:
        raise Broken(f"the text of {mutant['name']} occurs {count} times in {mutant['file']}")
    return text


def mutate(mutant, folder):
    """Writes the changed file into a folder laid out like the repository; returns its path."""
    text = find_text(mutant)
    path = folder / mutant["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(mutant["search"], mutant["replace"]))
    return path


def fresh_folder(path):
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
