"""The processor with dialers of Python's."""

import asyncio
import datetime as dt
import gc
import io
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import pytest

import callqueue as cq
import callqueue.aio
from callqueue import _processor
from conftest import world_in


class Told:
    """Collects what happened, and lets a test wait for it."""

    def __init__(self):
        self.items = []
        self._changed = threading.Condition()

    def add(self, item):
        with self._changed:
            self.items.append(item)
            self._changed.notify_all()

    def wait_for(self, count):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.items) >= count, 60), self.items


def accepts(call):
    return cq.DialResult.accepted(f"p-{call.call.id}")


def statuses(world):
    return sorted(row.status.value for row in world.store.queued_calls(world.user.id))


def test_a_processor_steps_under_a_clock(store):
    world = world_in(store)
    dialed = []

    def dial(call):
        dialed.append(call.queued.contact_name)
        return accepts(call)

    processor = cq.Processor(store, dial)
    result = processor.step()
    assert (result.claimed, result.dialed) == (2, 2) and dialed == ["Person 0", "Person 1"]
    calls = list(store.calls(world.user.id))
    assert all(call.provider_call_id == f"p-{call.id}" for call in calls)
    reports = processor.report([cq.call_event({"user_id": str(world.user.id), "call_id": str(calls[0].id),
                                               "status": "completed", "success": True})])
    assert reports[0].ended
    assert processor.step().dialed == 1


def test_it_works_in_the_background_until_everybody_was_called(opener):
    store = opener()
    store.migrate()
    world = world_in(store, contacts=7)
    told = Told()

    def dial(call):
        told.add(call)
        threading.Thread(target=lambda: processor.report([cq.CallEvent(
            user_id=call.call.user_id, call_id=call.call.id, status="completed")])).start()
        return accepts(call)

    processor = cq.Processor(store, dial)
    processor.stop()  # Does nothing, also to a start that follows.
    assert not processor.running
    with processor:
        assert processor.running
        with pytest.raises(cq.Conflict):
            processor.start()
        with pytest.raises(cq.Conflict):
            processor.step()
        told.wait_for(7)
    assert not processor.running
    processor.stop()  # Does nothing.
    processor.start()  # Can be started again.
    processor.stop()


@pytest.mark.parametrize(
    "bad",
    [
        lambda call: 1 / 0,
        lambda call: None,
        lambda: None,
    ],
    ids=["exception", "wrong type", "arguments"],
)
def test_a_dialer_that_raises_leaves_the_call_uncertain(small, clock, caplog, bad):
    world = world_in(small, contacts=1)
    results = []

    class Observer:
        def on_dialed(self, call, result):
            results.append(result)

    processor = cq.Processor(small, bad, observer=Observer())
    with caplog.at_level(logging.ERROR, "callqueue"):
        assert processor.step().dialed == 1
    assert results[0].kind is cq.DialKind.UNCERTAIN and "raised" in results[0].reason
    assert "dialer raised" in caplog.text and "+1415" not in caplog.text
    call = next(small.calls(world.user.id))
    assert call.status is cq.CallStatus.INITIATED  # It keeps its slot until the lease lapses.
    clock.advance(dt.timedelta(minutes=3))
    processor.step()
    assert statuses(world) == ["failed"]
    assert len(list(small.calls(world.user.id))) == 1  # Never dialed again by itself.


def interrupts(call):
    raise KeyboardInterrupt


async def exits_later(call):
    await asyncio.sleep(0)
    sys.exit(3)


@pytest.mark.parametrize(
    "dial, raised",
    [(interrupts, KeyboardInterrupt), (lambda call: sys.exit(3), SystemExit), (exits_later, SystemExit),
     (lambda call: signal.raise_signal(signal.SIGINT), KeyboardInterrupt)],
    ids=["KeyboardInterrupt", "SystemExit", "coroutine", "Ctrl-C"],
)
def test_what_is_to_end_the_program_gets_through_a_step(small, clock, caplog, dial, raised):
    world = world_in(small, contacts=2)
    told = []

    class Observer:
        def on_dialed(self, call, result):
            told.append(result)

    processor = cq.Processor(small, dial, observer=Observer())
    with caplog.at_level(logging.ERROR, "callqueue"), pytest.raises(raised):
        processor.step()
    assert not caplog.records  # It reached whom it is for.
    # The call in hand is uncertain; the other one was not dialed, and is back in the queue.
    assert [(result.kind, result.reason) for result in told] == [
        (cq.DialKind.UNCERTAIN, f"the dialer raised {raised.__name__}")]
    assert statuses(world) == ["processing", "queued"]
    clock.advance(dt.timedelta(minutes=3))
    processor = cq.Processor(small, accepts)
    assert processor.step().dialed == 1
    assert statuses(world) == ["failed", "processing"]  # Unknown; never dialed again by itself.
    assert small.system_slots().active == 1


@pytest.mark.parametrize("where", ["lookup", "on_claimed", "on_reported"])
def test_ctrl_c_gets_through_every_callback(small, clock, where):
    world = world_in(small, contacts=1)

    class Host:
        def dial(self, call):
            return cq.DialResult.uncertain("timed out")

    def interrupted(self, *arguments):
        raise KeyboardInterrupt

    setattr(Host, where, interrupted)
    host = Host()
    processor = cq.Processor(small, host, observer=host)
    with pytest.raises(KeyboardInterrupt):
        processor.step()
        clock.advance(dt.timedelta(minutes=3))
        processor.step()
        call = next(small.calls(world.user.id))
        processor.report([cq.CallEvent(user_id=call.user_id, call_id=call.id, status="busy")])
    if where == "on_claimed":
        assert statuses(world) == ["queued"]  # It was not dialed.


def test_dialers_that_raise_on_threads_do_not_end_the_process(small):
    world = world_in(small, contacts=2)
    told = Told()

    def dial(call):
        told.add(call)
        raise SystemExit(3)

    with cq.Processor(small, dial, stop_deadline=dt.timedelta(seconds=5)):
        told.wait_for(2)
    assert statuses(world) == ["processing", "processing"]


def test_a_rejected_call_is_retried_by_the_rules(small):
    world = world_in(small, contacts=1, retry=cq.RetryPolicy(
        outcomes=["rejected"], max_attempts=2, delays=[dt.timedelta(minutes=1)]))
    cq.Processor(small, lambda call: cq.DialResult.rejected("no line")).step()
    assert statuses(world) == ["queued"]
    row = next(small.queued_calls(world.user.id))
    assert row.attempts == 1 and row.scheduled_for == small.now() + dt.timedelta(minutes=1)


def test_a_dialer_can_be_an_object_that_looks_calls_up(small, clock):
    world = world_in(small, contacts=2)

    class Provider:
        def dial(self, call):
            return cq.DialResult.uncertain("timed out")

        def lookup(self, call):
            if call.attempt == 1 and call.phone_number.endswith("0000"):
                return cq.LookupResult.never_received()
            return cq.LookupResult.known(cq.CallEvent(status="completed", success=True))

    processor = cq.Processor(small, Provider())
    processor.step()
    clock.advance(dt.timedelta(minutes=3))
    processor.step()
    rows = {row.phone_number[-4:]: row for row in small.queued_calls(world.user.id)}
    assert rows["0001"].status is cq.QueuedCallStatus.COMPLETED and rows["0001"].success
    assert rows["0000"].status is not cq.QueuedCallStatus.FAILED and rows["0000"].attempts <= 1


def test_a_lookup_that_raises_is_asked_again(small, clock):
    world = world_in(small, contacts=1)
    asked = []

    class Provider:
        def dial(self, call):
            return cq.DialResult.uncertain("timed out")

        def lookup(self, call):
            asked.append(call.id)
            raise OSError("no route")

    processor = cq.Processor(small, Provider())
    processor.step()
    clock.advance(dt.timedelta(minutes=3))
    processor.step()
    assert asked and statuses(world) == ["processing"]


@pytest.mark.parametrize("own_loop", [True, False])
def test_a_dialer_can_be_a_coroutine_function(small, own_loop):
    world = world_in(small, contacts=2)
    told = Told()

    async def dial(call):
        await asyncio.sleep(0)
        told.add(asyncio.get_running_loop())
        return accepts(call)

    async def host():
        loop = None if own_loop else asyncio.get_running_loop()
        processor = cq.Processor(small, dial, loop=loop)
        processor.start()
        await asyncio.to_thread(told.wait_for, 2)
        await asyncio.to_thread(processor.stop)
        return asyncio.get_running_loop()

    loop = asyncio.run(host())
    assert all((one is loop) is not own_loop for one in told.items)
    assert statuses(world) == ["processing", "processing"]
    assert all(call.provider_call_id for call in small.calls(world.user.id))


def test_a_coroutine_that_raises_leaves_the_call_uncertain(small):
    world = world_in(small, contacts=1)

    async def dial(call):
        raise OSError("no route")

    assert cq.Processor(small, dial).step().dialed == 1
    assert next(small.calls(world.user.id)).status is cq.CallStatus.INITIATED


def test_observers_hear_and_what_they_raise_is_harmless(small):
    world = world_in(small, contacts=1)
    heard = []

    class Observer:
        def on_claim(self, calls, took):
            heard.append(("claim", calls, took >= dt.timedelta(0)))

        def on_claimed(self, call):
            heard.append(("claimed", call.queued.contact_name))
            raise OSError("no log")

        def on_dialed(self, call, result):
            heard.append(("dialed", result.kind))

        def on_reported(self, report):
            heard.append(("reported", report.ended))

        def on_advanced(self, result):
            heard.append(("advanced", result.lanes_rolled))

    processor = cq.Processor(small, accepts, observer=Observer())
    processor.step()
    call = next(small.calls(world.user.id))
    processor.report([cq.CallEvent(user_id=call.user_id, call_id=call.id, status="busy")])
    assert ("claim", 1, True) in heard and ("claimed", "Person 0") in heard
    assert ("dialed", cq.DialKind.ACCEPTED) in heard and ("reported", True) in heard and ("advanced", 1) in heard


def test_a_store_that_cannot_be_used_ends_the_run(tmp_path):
    with cq.open(f"sqlite:{tmp_path / 'empty.db'}") as store:
        processor = cq.Processor(store, accepts)
        with pytest.raises(cq.Corrupt):
            processor.run()
        processor.start()
        with pytest.raises(cq.Corrupt):
            processor.wait()


def test_a_closed_store_makes_no_processor(small):
    small.close()
    with pytest.raises(cq.InvalidArgument):
        cq.Processor(small, accepts)
    with pytest.raises(TypeError):
        cq.Processor(small, "no dialer")


def test_a_store_closed_under_a_processor_is_kept_until_that_stops(small):
    world_in(small, contacts=2)
    told = Told()

    def dial(call):
        told.add(call)
        return accepts(call)

    with cq.Processor(small, dial):
        told.wait_for(2)
        small.close()
    with pytest.raises(cq.InvalidArgument):
        small.now()


def test_a_processor_and_its_host_may_know_each_other(small):
    class Host:
        def __init__(self):
            self.processor = cq.Processor(small, self.dial, observer=self)

        def dial(self, call):
            return accepts(call)

    host = Host()
    host.processor.step()
    gone = weakref.ref(host)
    del host
    gc.collect()
    assert gone() is None


def in_a_child(work):
    """What `work` returns, or the error that it raises, as text, in a forked child."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # It waits no longer for what is not in this process.
        try:
            said = str(work())
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with io.open(reader) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def test_a_processor_belongs_to_its_process(small):
    with cq.Processor(small, accepts) as processor:
        for ask in (processor.stop, processor.wait, processor.step, processor.start, processor.notify,
                    lambda: processor.report([])):
            assert in_a_child(ask).startswith("Conflict: processor: the processor was made before")
        assert in_a_child(lambda: processor.running) == "False"
        assert in_a_child(_processor._stop_all) == "None"  # What a child does that ends as programs do.
        assert processor.running


def test_what_waits_is_refused_on_the_thread_of_its_loop(small):
    async def dial(call):
        return accepts(call)

    world = world_in(small, contacts=1)

    async def host():
        processor = cq.Processor(small, dial, loop=asyncio.get_running_loop())
        for method in (processor.step, processor.run):
            with pytest.raises(cq.Conflict, match="aio.call"):
                method()
        assert statuses(world) == ["queued"]
        assert (await cq.aio.call(processor.step)).dialed == 1
        processor.start()
        for method in (processor.stop, processor.wait):
            with pytest.raises(cq.Conflict, match="aio.call"):
                method()
        assert processor.running
        await cq.aio.call(processor.stop)
        processor.stop()  # Does not run: nothing to wait for.

    asyncio.run(asyncio.wait_for(host(), 60))


PROGRAM = """
import sys, threading, signal
import callqueue as cq
store = cq.open(sys.argv[1])
def dial(call):
    print("dialing", flush=True)
    if sys.argv[2] == "hang":
        threading.Event().wait()
    return cq.DialResult.accepted("p")
import datetime as dt
processor = cq.Processor(store, dial, stop_deadline=dt.timedelta(milliseconds=300))
if sys.argv[2] == "forgotten":
    processor.start()
    threading.Timer(0.3, lambda: None).start()
else:
    try:
        processor.run()
    except KeyboardInterrupt:
        print("stopped", processor.running, flush=True)
"""


def a_program(tmp_path, how):
    url = f"sqlite:{tmp_path / 'queue.db'}"
    with cq.open(url) as store:
        store.migrate()
        world_in(store, contacts=1)
    return subprocess.Popen([sys.executable, "-c", PROGRAM, url, how], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, env={**os.environ, "PYTHONFAULTHANDLER": "1"})


@pytest.mark.parametrize("how", ["work", "hang"])
def test_ctrl_c_stops_a_run(tmp_path, how):
    program = a_program(tmp_path, how)
    assert program.stdout.readline() == "dialing\n"
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert (program.returncode, out, err) == (0, "stopped False\n", "")


def test_a_program_that_forgets_to_stop_ends_all_the_same(tmp_path):
    program = a_program(tmp_path, "forgotten")
    out, err = program.communicate(timeout=60)
    assert (program.returncode, err) == (0, "")


def test_ctrl_c_stops_an_import(small):
    """Where Python has the signal's handler raise, be it while rows are made or while they are written."""
    world = world_in(small, contacts=1)

    def interrupted(number, frame):
        raise KeyboardInterrupt

    def rows():
        yield ["phone_number"]
        signal.raise_signal(signal.SIGALRM)
        yield ["+14155551234"]

    before = signal.signal(signal.SIGALRM, interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            cq.import_csv(small, world.user.id, world.campaign.id, rows())
        many = io.BytesIO(b"phone_number\n" + b"".join(b"+1415%07d\n" % (2_000_000 + i) for i in range(200_000)))
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            cq.import_csv(small, world.user.id, world.campaign.id, many)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(list(small.queued_calls(world.user.id))) == 1


def test_a_stop_is_heard_at_any_moment(small):
    processor = cq.Processor(small, accepts, poll=dt.timedelta(minutes=10))
    begun = time.monotonic()
    for _ in range(20):
        processor.start()
        processor.stop()
    assert time.monotonic() - begun < 300  # It did not sleep through one of them.
