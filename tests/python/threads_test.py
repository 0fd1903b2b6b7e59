"""Threads, lifetimes, forks: nothing crashes, nothing leaks, nobody waits for the GIL."""

import concurrent.futures
import datetime as dt
import gc
import os
import signal
import sys
import threading
import time

import pytest

import callqueue as cq
from conftest import NOON, world_in

LONG = bool(os.environ.get("CALLQUEUE_LONG"))


def test_threads_hammer_one_store(opener):
    """Every call is claimed once, however many threads claim, report and look at the same time."""
    rows = 2000 if LONG else 150
    with opener() as store:
        store.migrate()
        world = world_in(store, contacts=rows)
        store.set_system_limit(12)
        store.set_user_limits(world.user.id, concurrent=7)
        claimed, mutex, most = [], threading.Lock(), []

        def work(number):
            queue = cq.CallQueue(store)
            while True:
                calls = queue.claim(worker=f"w{number}", limit=3)
                if not calls and not queue.get_queue_statistics(world.user.id).queued:
                    return
                with mutex:
                    claimed.extend(call.queued.id for call in calls)
                most.append(store.user_slots(world.user.id).active)
                for report in store.report_events(
                    [cq.CallEvent(user_id=c.call.user_id, call_id=c.call.id, status="completed") for c in calls]
                ):
                    assert report.ended

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for future in [pool.submit(work, number) for number in range(6)]:
                future.result()
        assert len(claimed) == len(set(claimed)) == rows
        assert max(most) <= 7
        statistics = world.campaigns.get_statistics(world.user.id, world.campaign.id)
        assert statistics.completed_calls == rows
        assert store.verify().ok


def test_other_threads_run_while_a_store_waits(opener, tmp_path):
    """A writer that waits for another one's transaction holds no GIL."""
    if opener.kind != "sqlite":
        pytest.skip("a lock that a test can hold")
    import sqlite3

    store = opener(busy_timeout=dt.timedelta(seconds=30))
    store.migrate()
    user = store.create_user(cq.User(name="Ann"))
    other = sqlite3.connect(tmp_path / "queue.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = threading.Thread(target=store.set_user_limits, args=(user.id,), kwargs={"concurrent": 5})
    waiting.start()
    begun = time.monotonic()
    while waiting.is_alive() and time.monotonic() - begun < 0.2:
        pass  # Runs at all only if the other one has let go of the GIL.
    assert waiting.is_alive() and time.monotonic() - begun < 10
    other.execute("ROLLBACK")
    waiting.join(30)
    assert store.find_user(user.id).concurrent_calls_limit == 5


def test_a_store_can_be_closed_while_threads_use_it(opener):
    for _ in range(5):
        store = opener()
        store.migrate()
        begun = threading.Barrier(5)

        def work(store=store, begun=begun):
            begun.wait()
            while True:
                try:
                    store.list_users()
                except cq.InvalidArgument as error:
                    return error.field

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(work) for _ in range(4)]
            begun.wait()
            store.close()
            assert [future.result(60) for future in futures] == ["store"] * 4


def test_everything_of_a_closed_store_refuses(small):
    world = world_in(small)
    listener = small.listen()
    export = cq.CampaignExport.results(small, world.user.id, world.campaign.id)
    processor = cq.Processor(small, lambda call: cq.DialResult.accepted("p"))
    contacts = small.contacts(world.user.id)
    small.close()
    for refused in (
        lambda: world.queue.claim(),
        lambda: world.campaigns.find_by_id(world.user.id, world.campaign.id),
        lambda: next(contacts),
        lambda: small.migrations(),
        lambda: small.listen(),
        lambda: cq.import_csv(small, world.user.id, world.campaign.id, [["phone_number"]]),
        lambda: cq.CampaignExport.results(small, world.user.id, world.campaign.id),
    ):
        with pytest.raises(cq.InvalidArgument) as caught:
            refused()
        assert caught.value.field == "store"
    # What was made before keeps the store for itself.
    assert listener.wait(dt.timedelta(milliseconds=1)) is not None
    assert "Person 0" in "".join(export)
    assert processor.step().dialed == 2


def test_a_listener_that_is_closed_lets_go_of_who_iterates(opener):
    store = opener()
    store.migrate()
    listener, heard, told = store.listen(), [], threading.Event()

    def iterate():
        for changes in listener:
            heard.append(changes)
            told.set()

    thread = threading.Thread(target=iterate)
    thread.start()
    store.create_user(cq.User(name="Ann"))
    assert told.wait(60)
    listener.close()
    thread.join(60)
    assert not thread.is_alive() and all(heard)


def test_ctrl_c_ends_an_iteration_over_changes(small):
    listener = small.listen()
    timer = threading.Timer(0.05, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        next(listener)
    timer.join()
    listener.close()


def test_listeners_are_for_one_thread_at_a_time(small):
    listener = small.listen()
    over, refused = threading.Event(), threading.Event()

    def wait():
        while not over.is_set():
            try:
                listener.wait(dt.timedelta(milliseconds=20))
            except cq.Conflict:
                refused.set()

    threads = [threading.Thread(target=wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert refused.wait(60)
    over.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def growth(watched, work):
    """How many references to each object, and how many blocks of memory, work leaves behind."""
    gc.collect()
    before = [sys.getrefcount(one) for one in watched], sys.getallocatedblocks()
    work()
    gc.collect()
    after = [sys.getrefcount(one) for one in watched], sys.getallocatedblocks()
    return [b - a for a, b in zip(before[0], after[0])], after[1] - before[1]


def test_a_leak_would_be_noticed():
    kept, watched = [], [cq.CallStatus.COMPLETED]
    references, _ = growth(watched, lambda: kept.extend(watched * 1000))
    assert references == [1000]
    _, blocks = growth([], lambda: kept.extend(cq.User() for _ in range(1000)))
    assert blocks >= 1000 or os.environ.get("PYTHONMALLOC") == "malloc"  # Which counts none.


def test_references_are_stable_over_many_calls(small):
    world = world_in(small)
    campaign, user = world.campaign.id, world.user.id
    queue, campaigns = world.queue, world.campaigns
    watched = [None, True, user, campaign, cq.CallStatus.COMPLETED, cq.QueuedCallStatus.QUEUED, cq.END_OF_DAY, NOON]

    def every_kind(times):
        for _ in range(times):
            small.now()
            small.find_user(user)
            row = queue.list(user, statuses=[cq.QueuedCallStatus.QUEUED], limit=3)[0]
            assert row.user_data["city"] and row.scheduled_for and row.campaign_id and not row.success
            cq.CallEvent(user_id=user, status=cq.CallStatus.COMPLETED, ended_at=NOON, duration=dt.timedelta(seconds=1))
            cq.CallingWindow(opens="09:00", closes=cq.END_OF_DAY).closes
            try:
                small.find_contact(user, campaign)
            except cq.NotFound:
                pass
            try:
                cq.Contact(user_id="wrong")
            except cq.InvalidArgument:
                pass

    every_kind(200)
    calls = 10_000 if os.environ.get("CALLQUEUE_SANITIZE") else 100_000
    references, blocks = growth(watched, lambda: every_kind(calls // 8))  # Eight calls each.
    assert max(map(abs, references)) <= 20, references
    assert blocks < 500
    assert campaigns.find_by_id(user, campaign).id == campaign


def test_a_forked_child_may_not_use_the_store(opener):
    store = opener()
    store.migrate()
    user = store.create_user(cq.User(name="Ann"))
    listener = store.listen()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            store.find_user(user.id)
        except cq.Conflict as error:
            status = 0 if error.field == "store" else 2
        try:
            listener.wait()
            status = 3
        except cq.Conflict as error:
            status = status if error.field == "listener" else 4
        store.close()
        listener.close()
        del listener
        os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.find_user(user.id) == user  # The child took nothing with it.
    with opener() as other:
        other.create_agent(cq.Agent(user_id=user.id, name="Voice"))
    heard = listener.wait(dt.timedelta(seconds=30))
    assert heard.everyone or user.id in heard.users
