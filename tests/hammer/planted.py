"""The checker can fail: faults that are planted into a recorded history, each of which it has to find.

A fault is some SQL that breaks one promise in the copy of a database that was hammered, and what the
checker has to say of it.
"""

import shutil
import sqlite3

import check

LATER = "(SELECT max(seq) * 2 / 3 FROM audit)"
# Places in the history.
A_CLAIM = f"""(SELECT min(seq) FROM audit WHERE what = 'calls' AND seq > {LATER}
  AND json_extract(data, '$.status') = 'initiated' AND json_extract(data, '$.row') IS NOT NULL
  AND json_extract(data, '$.submitted_at') IS NULL)"""
AN_END = f"""(SELECT min(seq) FROM audit WHERE what = 'calls' AND seq > {LATER}
  AND json_extract(data, '$.status') = 'completed')"""
A_ROW_IN_FLIGHT = f"""(SELECT min(q.seq) FROM audit q WHERE q.what = 'call_queue' AND q.seq > {A_CLAIM}
  AND q.id = (SELECT json_extract(data, '$.row') FROM audit WHERE seq = {A_CLAIM})
  AND json_extract(q.data, '$.status') = 'processing')"""
A_FINISHED_ROW = "(SELECT id FROM call_queue WHERE status = 'completed' LIMIT 1)"


def change(field, value, where):
    return f"UPDATE audit SET data = json_set(data, '$.{field}', {value}) WHERE {where}"


def insert(seq, data, like, identity="id"):
    """Another entry, made from the one at a place."""
    return (f"INSERT INTO audit (seq, what, id, data) SELECT {seq}, what, {identity}, {data} "
            f"FROM audit WHERE seq = {like}")


def the_last_of(what, identity):
    return f"(SELECT max(seq) FROM audit WHERE what = '{what}' AND id = {identity})"


AT_THE_END = "(SELECT max(seq) + 1 FROM audit)"
AGAIN = insert(f"{A_CLAIM} + 0.5", "data", A_CLAIM, "'another'")
PLANTED = {
    "over the user limit": [change("limit", 0, "what = 'users'")],
    "over the system limit": [change("system_limit", 2, "what = 'settings'")],
    "over the user's own system limit": [change("ceiling", 1, "what = 'users'")],
    "its number has an active call": [AGAIN],
    "is claimed twice at once": [AGAIN],
    "is claimed while": [insert(AT_THE_END, "data", A_CLAIM, "'another'")],
    "although it may have been called": [
        change("status", "'unknown'", "what = 'calls' AND json_extract(data, '$.status') IN "
               "('busy', 'no_answer')")],
    "outside its window": ["UPDATE call_campaigns SET start_date = '2999-01-01'"],
    "is claimed although it may not start": [
        change("status", "'paused'", "what = 'campaigns' AND json_extract(data, '$.status') = 'active'")],
    "tried more often than its campaign allows": [
        "UPDATE callqueue_campaign_rules SET retry_max_attempts = 1"],
    "attempt 9 is the": [change("attempt", 9, f"seq = {A_CLAIM}")],
    "is claimed out of order": [
        change("priority", 999, """what = 'call_queue' AND id = (
          SELECT json_extract(c.data, '$.row') FROM audit c
          WHERE c.what = 'calls' AND json_extract(c.data, '$.attempt') = 1
            AND json_extract(c.data, '$.row') IN (
              SELECT q.id FROM audit q WHERE q.what = 'call_queue' AND q.seq < (
                SELECT min(seq) FROM audit WHERE what = 'calls'))
            AND json_extract(c.data, '$.row') NOT IN (SELECT row FROM touched)
          ORDER BY c.seq DESC LIMIT 1)""")],
    # Whoever its limit kept from calls seems to have been left out.
    "differ by more than one slot": [change("limit", 99, "what = 'users'")],
    "takes its slot back": [
        insert(AT_THE_END, "json_set(data, '$.status', 'ringing')", AN_END)],
    "goes from completed to failed": [
        insert(AT_THE_END, "json_set(data, '$.status', 'failed')", AN_END)],
    "may have been placed and goes back to the queue": [
        change("submitted_at", 1, "what = 'calls' AND id IN (SELECT id FROM audit WHERE "
               "what = 'calls' AND json_extract(data, '$.reason') = 'lease_lapsed')")],
    "goes from completed to queued": [
        insert(AT_THE_END, "json_set(data, '$.status', 'queued')",
               the_last_of("call_queue", A_FINISHED_ROW))],
    "is queued while its call is active": [
        insert(f"{A_ROW_IN_FLIGHT} + 0.5", "json_set(data, '$.status', 'queued')", A_ROW_IN_FLIGHT)],
    "is deleted while it is called": [
        insert(f"{A_ROW_IN_FLIGHT} + 0.5", "NULL", A_ROW_IN_FLIGHT)],
    "is deleted": [insert(AT_THE_END, "NULL", AN_END)],
    "its statistics are": ["UPDATE call_campaigns SET completed_calls = completed_calls + 1"],
    "is None, by its history": [
        "DELETE FROM call_queue WHERE id = (SELECT id FROM call_queue LIMIT 1)"],
    "is still queued": [
        change("status", "'queued'", f"seq = {the_last_of('call_queue', A_FINISHED_ROW)}"),
        f"UPDATE call_queue SET status = 'queued' WHERE id = {A_FINISHED_ROW}"],
    "still hold a slot": [
        change("status", "'in_progress'", f"what = 'calls' AND id = (SELECT id FROM audit "
               f"WHERE seq = {AN_END}) AND seq >= {AN_END}")],
    "is dialed twice": ["INSERT INTO dialed SELECT call FROM dialed LIMIT 1"],
    "is dialed without a mark": [
        change("submitted_at", "NULL", "what = 'calls' AND id = (SELECT call FROM dialed LIMIT 1)")],
    "was dialed and is put back": [
        "INSERT INTO dialed SELECT id FROM audit WHERE what = 'calls' AND "
        "json_extract(data, '$.status') = 'cancelled' AND json_extract(data, '$.submitted_at') "
        "IS NOT NULL LIMIT 1"],
}

# Where the history tells of commits and of campaigns' columns.
A_COMPLETION = """(SELECT min(seq) FROM audit WHERE what = 'campaigns'
  AND json_extract(data, '$.status') = 'completed' AND json_extract(data, '$.total') > 0)"""
A_COUNT = """(SELECT max(seq) FROM audit WHERE what = 'campaigns' AND json_extract(data, '$.completed') = 1)"""
PLANTED_COMMITS = {
    "starts without room": [
        change("worker", "'host-locked'", "json_extract(data, '$.worker') = 'host-free'")],
    "a recount": [change("completed", 0, f"seq = {A_COUNT}")],
    "is completed with open rows": [
        change("completed_at", 1, "what = 'campaigns' AND json_extract(data, '$.status') = 'active'")],
    "goes from completed to active": [
        insert(AT_THE_END, "json_set(data, '$.status', 'active')", A_COMPLETION)],
    "has no rows left": [
        change("status", "'active'", f"what = 'campaigns' AND id = (SELECT id FROM audit WHERE seq = "
               f"{A_COMPLETION}) AND json_extract(data, '$.status') = 'completed'")],
}


def prepare(database, copy):
    """A copy that may be falsified: without triggers, and with room between two entries."""
    shutil.copy(database, copy)
    connection = sqlite3.connect(copy)
    for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.executescript("""
        CREATE TABLE falsified (seq, what, id, data);
        INSERT INTO falsified SELECT seq, what, id, data FROM audit ORDER BY seq;
        DROP TABLE audit;
        ALTER TABLE falsified RENAME TO audit;
        CREATE INDEX falsified_seq ON audit (seq);
        CREATE INDEX falsified_id ON audit (what, id);""")
    connection.commit()
    connection.close()


def missed(database, samples, folder):
    """The planted faults that the checker did not find."""
    with sqlite3.connect(database) as history:
        tells_of_commits = history.execute("SELECT 1 FROM audit WHERE what = 'transaction'").fetchone()
    # The checker is one: what it finds in a file's history it need not find once more.
    plans = PLANTED_COMMITS if tells_of_commits else PLANTED
    base, copy = folder / "falsified.db", folder / "planted.db"
    prepare(database, base)
    faults = []
    for says, statements in plans.items():
        shutil.copy(base, copy)
        connection = sqlite3.connect(copy)
        changed = [connection.execute(statement).rowcount for statement in statements]
        connection.commit()
        connection.close()
        found, _ = check.check(copy, samples)
        if min(changed) < 1 or not any(says in fault for fault in found):
            faults.append(f"the checker did not find “{says}” ({changed} changes) but {found[:3]}")
    return faults
