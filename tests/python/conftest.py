"""What the tests of the Python package share: a store of each kind, and a small world in it.

The package comes from PYTHONPATH. Where CALLQUEUE_TEST_POSTGRES names a server, tests that take `store` run on it, too.
"""

import datetime as dt
import os
import types
import uuid

import pytest

import callqueue as cq

UTC = dt.timezone.utc
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=UTC)  # A Monday.
SERVER = os.environ.get("CALLQUEUE_TEST_POSTGRES")
KINDS = ["sqlite"] + (["postgres"] if SERVER else [])


def pytest_terminal_summary(terminalreporter):
    """The counts in the form that scripts/count_tests.awk reads."""
    stats = terminalreporter.stats
    passed = len(stats.get("passed", []))
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    for count, word in ((passed, "passed"), (failed, "failed")):
        if count:
            terminalreporter.write_line(f"  {count} test cases out of {passed + failed} {word}")


@pytest.fixture
def clock():
    return cq.ManualClock(NOON)


@pytest.fixture(params=KINDS)
def opener(request, tmp_path):
    """Opens the same new database again and again."""
    if request.param == "sqlite":
        url, options = f"sqlite:{tmp_path / 'queue.db'}", {}
    else:
        url, options = SERVER, {"schema": f"python_{uuid.uuid4().hex[:12]}"}
    opened = []

    def open_again(**more):
        opened.append(cq.open(url, **options, **more))
        return opened[-1]

    open_again.kind = request.param
    yield open_again
    for one in opened:
        one.close()


@pytest.fixture
def store(opener, clock):
    """Migrated, and under the clock."""
    with opener(clock=clock) as opened:
        opened.migrate()
        yield opened


@pytest.fixture
def small(clock):
    """A migrated store in memory: where the kind of store does not matter."""
    with cq.open("sqlite::memory:", clock=clock) as opened:
        opened.migrate()
        yield opened


def world_in(store, contacts=3, **rules):
    """A user with an active campaign that is open all day."""
    user = store.create_user(cq.User(name="Ann"))
    agent = store.create_agent(cq.Agent(user_id=user.id, name="Voice"))
    campaigns = cq.CallCampaigns(store)
    campaign = campaigns.create(
        cq.CallCampaign(
            user_id=user.id,
            name="Spring",
            agent_id=agent.id,
            start_date=dt.date(2026, 1, 1),
            first_call_time=dt.time(0),
            last_call_time=cq.END_OF_DAY,
            rules=cq.CampaignRules(**rules),
        )
    )
    rows = [{"phone_number": f"+1415555{i:04}", "name": f"Person {i}", "city": "Oslo"} for i in range(contacts)]
    report = cq.import_csv(store, user.id, campaign.id, rows)
    campaign = campaigns.start(user.id, campaign.id)
    return types.SimpleNamespace(
        store=store,
        user=user,
        agent=agent,
        campaign=campaign,
        campaigns=campaigns,
        queue=cq.CallQueue(store),
        report=report,
    )


@pytest.fixture
def world(store):
    return world_in(store)


@pytest.fixture
def small_world(small):
    return world_in(small)
