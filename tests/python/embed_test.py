"""What the documentation shows: the example of a backend, over HTTP, and the program of the package's page."""

import json
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "examples/embed.py"
PEOPLE = "phone_number,name\n+4930231250001,Ann\n+4930231250002,Bob\n+4930231250003,Cem\n030 23125004,Dee\nbad,Eve\n"


@pytest.fixture
def backend(tmp_path):
    process = subprocess.Popen([sys.executable, "-B", str(PROGRAM), "0", f"sqlite:{tmp_path / 'embed.db'}"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    url = process.stdout.readline().split()[-1]
    yield url
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0 and "Traceback" not in said, said


def ask(url, data=None):
    try:
        with urllib.request.urlopen(url, data if data is None or isinstance(data, bytes) else json.dumps(data).encode(),
                                    timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_list_is_called(backend):
    status, made = ask(f"{backend}/lists", PEOPLE.encode())
    assert status == 200 and (made["imported"], made["failed"]) == (4, 1), made
    deadline = time.monotonic() + 60
    while (told := ask(f"{backend}/campaigns/{made['campaign']}")[1])["completed_calls"] < 4:
        assert time.monotonic() < deadline, told
    assert told["successful_calls"] == 4 and told["queued"] == told["failed_calls"] == 0 and told["because"]


def test_mistakes_name_their_field(backend):
    assert ask(f"{backend}/lists", b"name\nAnn\n")[0] == 422
    status, error = ask(f"{backend}/campaigns/0190b0a5-3c00-7abc-8def-0123456789ab")
    assert status == 404 and error["field"] == "campaign_id"
    assert ask(f"{backend}/campaigns/nonsense")[0] == 422
    status, error = ask(f"{backend}/webhook", {"call_id": "0190b0a5-3c00-7abc-8def-0123456789ab", "status": "busy"})
    assert status == 404 and error["field"] == "call_id"
    status, error = ask(f"{backend}/webhook", {"call_id": "0190b0a5-3c00-7abc-8def-0123456789ab", "status": "sleepy"})
    assert status == 422 and error["field"] == "status"


def test_the_program_of_the_page_runs(tmp_path):
    page = (ROOT / "bindings/python/README.md").read_text(encoding="utf-8")
    program = page.split("```python\n")[1].split("```")[0]
    done = subprocess.run([sys.executable, "-B", "-c", program], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "calling Ada" in done.stdout and "dialed=1" in done.stdout, done.stderr


@pytest.mark.parametrize("name", ["quickstart.cpp", "client.c", "embed.py"])
def test_the_examples_are_short(name):
    assert len((ROOT / "examples" / name).read_text(encoding="utf-8").splitlines()) < 150
