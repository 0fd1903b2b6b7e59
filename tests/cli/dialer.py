#!/usr/bin/env python3
"""A dialer in another language, as docs/cli.md describes it: claimed calls in, events out.

usage: dialer.py answer|events|reject|chatter LOG
"""
import json
import sys


def say(**event):
    print(json.dumps(event), flush=True)


def main():
    mode, log = sys.argv[1:]
    for line in sys.stdin:
        with open(log, "a") as file:
            file.write(line)
        call = json.loads(line)["call_id"]
        if mode == "reject":
            say(call_id=call, outcome="rejected", retryable=False, failure_reason="no such route")
            continue
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
