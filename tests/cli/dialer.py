#!/usr/bin/env python3
"""A dialer in another language, as docs/cli.md describes it: claimed calls in, events out.

Some of its modes are those of a bad program.

usage: dialer.py answer|events|reject|late|chatter|stranger|pieces|endless|deaf|asleep|dies LOG
"""
import json
import os
import signal
import sys


def say(**event):
    print(json.dumps(event), flush=True)


def wait_for_the_end():
    """Does nothing until it is terminated."""
    signal.pause()


def dial_in_pieces(call):
    text = "".join(json.dumps(e) + "\n" for e in ({"call_id": call, "accepted": "p-" + call},
                                                  {"call_id": call, "status": "completed"}))
    for character in text:
        sys.stdout.write(character)
        sys.stdout.flush()


def main():
    mode, log = sys.argv[1:]
    if mode == "asleep":
        wait_for_the_end()
    for line in sys.stdin:
        with open(log, "a") as file:
            file.write(line)
        call = json.loads(line)["call_id"]
        if mode == "reject":
            say(call_id=call, outcome="rejected", retryable=False, failure_reason="no such route")
            continue
        if mode == "late":
            mode = "answer"
            say(call_id=call, accepted="p-" + call)
            with open(log + ".go") as go:
                go.read()
            say(call_id=call, status="completed")
            continue
        if mode == "dies":
            say(call_id=call, accepted="p-" + call)
            os._exit(3)
        if mode == "deaf":
            os.close(0)
            say(call_id=call, accepted="p-" + call)
            say(call_id=call, status="completed")
            wait_for_the_end()
        if mode == "pieces":
            dial_in_pieces(call)
            continue
        if mode == "endless":
            sys.stdout.write("x" * 50_000_000 + "\n")
        if mode == "stranger":
            say(call_id="01890a5d-ac96-774b-bcce-b302099a8057", status="completed")
        if mode == "chatter":
            print("dialing", call, flush=True)
            print("[1, 2, 3]", flush=True)
        if mode == "events":
            say(call_id=call, provider_call_id="p-" + call, status="ringing")
        else:
            say(call_id=call, accepted="p-" + call)
        say(call_id=call, status="in-progress")
        say(call_id=call, status="completed", duration_seconds=42)
        say(call_id=call, status="completed", duration_seconds=42)


if __name__ == "__main__":
    main()
