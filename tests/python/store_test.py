"""The store and its services, on every kind of store."""

import datetime as dt
import uuid

import pytest

import callqueue as cq
from conftest import NOON, SERVER, world_in


def refused(kind, field, function, *args, **kwargs):
    with pytest.raises(kind) as caught:
        function(*args, **kwargs)
    assert caught.value.field == field, caught.value


def test_a_store_is_opened_migrated_and_closed(opener):
    store = opener()
    assert not store.verify().ok
    if opener.kind == "sqlite":  # On a server the schema is not there yet.
        assert not store.preflight().blocks
    with pytest.raises(cq.Corrupt):
        store.list_users()
    result = store.migrate()
    assert result.from_version == 0 and result.to_version == len(store.migrations()) == len(result.applied)
    assert store.verify().ok
    assert store.migrate(down=True).to_version == result.to_version - 1
    refused(cq.InvalidArgument, "to", store.migrate, to=999)
    assert abs(store.now() - dt.datetime.now(dt.timezone.utc)) < dt.timedelta(minutes=5)
    store.close()
    store.close()
    assert store.closed
    refused(cq.InvalidArgument, "store", store.now)
    with opener() as another:
        another.migrate()
    assert another.closed


def test_what_is_no_member_of_an_enum_is_named_by_its_argument(small_world):
    world = small_world
    refused(cq.InvalidArgument, "format", cq.CampaignExport.results, world.store, world.user.id, world.campaign.id, "xml")
    refused(cq.InvalidArgument, "clock", cq.resolve_timezone, "moon")
    refused(cq.InvalidArgument, "outcome", cq.is_retryable, cq.RetryPolicy(), "sleepy", 1)
    refused(cq.InvalidArgument, "durability", cq.open, "sqlite::memory:", durability="some")


def test_what_cannot_be_opened(tmp_path):
    refused(cq.InvalidArgument, "url", cq.open, "oracle:x")
    with pytest.raises(cq.Unavailable):
        cq.open(f"sqlite:{tmp_path / 'none.db'}", create=False)
    with pytest.raises(TypeError):
        cq.open("sqlite::memory:", nonsense=1)
    (tmp_path / "text.db").write_text("this is no database at all, but long enough to look at" * 20)
    with pytest.raises(cq.Corrupt):
        cq.open(f"sqlite:{tmp_path / 'text.db'}")
    assert cq.migrations_for("sqlite:x")[0].version == 1


def test_people(store):
    ann = store.create_user(cq.User(name="Ann", email="ann@example.com", timezone="Europe/Berlin"))
    assert store.find_user(str(ann.id)) == ann and ann.system_concurrent_calls_limit == 10
    refused(cq.Conflict, "email", store.create_user, cq.User(name="Ann", email="ann@example.com"))
    refused(cq.InvalidArgument, "timezone", store.create_user, cq.User(name="Ann", timezone="Mars"))
    refused(cq.NotFound, "user_id", store.find_user, uuid.uuid4())
    refused(cq.InvalidArgument, "user_id", store.find_user, "ann")
    agent = store.create_agent(cq.Agent(user_id=ann.id, name="Voice"))
    assert store.find_agent(ann.id, agent.id) == agent and list(store.agents(ann.id)) == [agent]
    contact = store.create_contact(cq.Contact(user_id=ann.id, name="Zoë", phone_number="+14155550123"))
    refused(cq.Conflict, "phone_number", store.create_contact, contact.replace(id=cq.NIL))
    refused(cq.InvalidArgument, "phone_number", store.create_contact, contact.replace(phone_number="12"))
    assert store.find_contact_by_phone(ann.id, "+14155550123") == contact
    assert store.update_contact(contact.replace(name="Zoe")).name == "Zoe"
    assert [one.name for one in store.contacts(ann.id, search="zo")] == ["Zoe"]
    bob = store.create_user(cq.User(name="Bob"))
    refused(cq.NotFound, "contact_id", store.find_contact, bob.id, contact.id)
    store.delete_contact(ann.id, contact.id)
    assert list(store.contacts(ann.id)) == []
    assert {user.name for user in store.users()} == {"Ann", "Bob"}
    assert {one.user.name: one.active_calls for one in store.user_activity()} == {"Ann": 0, "Bob": 0}


def test_limits_and_slots(store):
    ann = store.create_user(cq.User(name="Ann"))
    store.set_system_limit(20)
    assert store.set_user_limits(ann.id, concurrent=1).concurrent_calls_limit == 1
    assert store.system_slots() == cq.SlotUse(active=0, limit=20)
    call = store.reserve_slot(ann.id, "+14155550123", dt.timedelta(minutes=5))
    assert call.call_type is cq.CallType.DIRECT and store.user_slots(ann.id).active == 1
    refused(cq.InvalidArgument, "deadline", store.reserve_slot, ann.id, "+14155550124", dt.timedelta(0))
    with pytest.raises(cq.LimitReached):
        store.reserve_slot(ann.id, "+14155550124")
    assert store.system_statistics().users[0].user_id == ann.id
    queue = cq.CallQueue(store)
    report = queue.report(cq.CallEvent(user_id=ann.id, call_id=call.id, status="completed"))
    assert report.ended and report.queued is None and store.system_slots().active == 0


def test_lists_fetch_page_after_page(store):
    ann = store.create_user(cq.User(name="Ann"))
    rows = [("phone_number", "name")] + [(f"+1415555{i:04}", f"n{i}") for i in range(1203)]
    assert cq.import_contacts_csv(store, ann.id, rows).imported == 1203
    page = store.list_contacts(ann.id, limit=2)
    assert len(page) == 2 and page.next_cursor and page[0] == page.items[0] and list(page) == page.items
    assert len({contact.id for contact in store.contacts(ann.id)}) == 1203
    refused(cq.InvalidArgument, "limit", store.list_contacts, ann.id, limit=1001)
    refused(cq.InvalidArgument, "cursor", store.list_contacts, ann.id, cursor="nonsense")


def test_the_life_of_a_campaign(store):
    world = world_in(store)
    ids = world.user.id, world.campaign.id
    assert world.report.imported == 3 and world.campaign.status is cq.CampaignStatus.ACTIVE
    assert world.campaigns.pause(*ids).status == "paused"
    assert world.campaigns.resume(*ids).status == "active"
    refused(cq.Conflict, "status", world.campaigns.unschedule, *ids)
    changed = world.campaigns.update(*ids, name="Summer", end_date=dt.date(2026, 12, 31), first_call_time="08:00")
    assert (changed.name, changed.end_date, changed.first_call_time) == ("Summer", dt.date(2026, 12, 31), dt.time(8))
    assert world.campaigns.update(*ids, end_date=None).end_date is None
    refused(cq.InvalidArgument, "name", world.campaigns.update, *ids, name="")
    with pytest.raises(TypeError, match="nmae"):
        world.campaigns.update(*ids, nmae="x")
    assert world.campaigns.get_statistics(*ids).queued == 3
    assert [reason.code for reason in world.campaigns.explain(*ids)] == ["dialing"]
    assert world.campaigns.forecast(*ids).ends_at > NOON
    assert world.campaigns.get_analytics(*ids).progress == 0
    outlook = world.campaigns.preview(changed, cq.CampaignAssumptions(contacts=10))
    assert outlook.timezone == "UTC" and outlook.open_intervals
    assert world.campaigns.find_by_user_id(world.user.id, statuses=["active"], name="summ").items[0].id == ids[1]
    assert [one.id for one in store.campaigns(world.user.id)] == [ids[1]]
    assert world.campaigns.cancel(*ids).status == "cancelled"
    refused(cq.Conflict, "status", world.campaigns.start, *ids)
    world.campaigns.remove(*ids)
    refused(cq.NotFound, "campaign_id", world.campaigns.find_by_id, *ids)


def test_a_scheduled_campaign_waits_for_its_day(store, clock):
    world = world_in(store)
    later = world.campaigns.create(
        world.campaign.replace(start_date=dt.date(2026, 3, 5), name="Later")
    )
    cq.import_csv(store, world.user.id, later.id, [{"phone_number": "+14155559999"}])
    assert world.campaigns.start(world.user.id, later.id).status == "scheduled"
    assert world.campaigns.unschedule(world.user.id, later.id).status == "draft"
    world.campaigns.start(world.user.id, later.id)
    clock.advance_to(dt.datetime(2026, 3, 5, tzinfo=dt.timezone.utc))
    assert (told := store.advance()).activated == 1 and told.total >= 1 and store.next_wakeup() is not None


def test_claim_dial_and_report(store, clock):
    world = world_in(store)
    queue = world.queue
    assert store.advance().lanes_rolled == 1
    assert queue.get_next_queued(world.user.id).contact_name == "Person 0"
    claimed = queue.claim(worker="me", limit=10)
    assert [one.queued.contact_name for one in claimed] == ["Person 0", "Person 1"]  # The user's limit is two.
    assert claimed[0].queued.user_data == {"city": "Oslo"} and queue.claim(worker="me") == []
    refs = [cq.CallRef(user_id=one.call.user_id, call_id=one.call.id) for one in claimed]
    assert store.begin_dial(refs, "me") == [one.call.id for one in claimed]
    clock.advance(dt.timedelta(seconds=10))
    renewed = store.renew_lease(refs[0], "me", dt.timedelta(minutes=10))
    assert renewed.lease_expires_at == store.now() + dt.timedelta(minutes=10)
    refused(cq.Conflict, "lease_expires_at", store.renew_lease, refs[0], "somebody", dt.timedelta(minutes=1))
    assert store.accept_call(refs[0], "p0").provider_call_id == "p0"
    assert store.requeue_call(refs[1], "not placed").status == "cancelled"
    assert store.locate_calls([cq.CallName(provider_call_id="p0")])[0].call_id == refs[0].call_id
    assert isinstance(store.locate_calls([cq.CallName(provider_call_id="none")])[0], cq.NotFound)
    event = cq.CallEvent(user_id=world.user.id, provider_call_id="p0", status="completed", duration=dt.timedelta(seconds=4))
    done = queue.finish_and_claim([event, event.replace(provider_call_id="none")], worker="me", limit=5)
    assert done.reports[0].ended and isinstance(done.reports[1], cq.NotFound) and len(done.claimed) == 2
    assert done.reports[0].queued.status is cq.QueuedCallStatus.COMPLETED
    assert not store.report_events([event])[0].changed
    refused(cq.NotFound, "call_id", queue.report, cq.CallEvent(user_id=world.user.id, call_id=uuid.uuid4(), status="busy"))
    assert store.find_call(world.user.id, refs[0].call_id).duration == dt.timedelta(seconds=4)
    assert len(list(store.calls(world.user.id, campaign_id=world.campaign.id))) == 4
    assert len(store.list_calls(world.user.id, statuses=["completed"], provider_call_id="p0")) == 1
    text = "".join(cq.CampaignExport.results(store, world.user.id, world.campaign.id, "csv"))
    assert text.count("\r\n") == 4 and "Person 2" in text


def test_a_lease_that_lapses(store, clock):
    world = world_in(store, contacts=2)
    claimed = world.queue.claim(worker="me", limit=2, lease=dt.timedelta(seconds=30))
    store.begin_dial([cq.CallRef(user_id=world.user.id, call_id=claimed[0].call.id)], "me")
    clock.advance(dt.timedelta(minutes=1))
    assert [call.id for call in store.lapsed_calls(limit=5)] == [claimed[0].call.id]
    before = store.change_counter()
    result = store.advance()
    assert (result.lapsed, result.requeued) == (1, 1)
    assert store.change_counter() != before
    row = world.queue.find_by_id(world.user.id, claimed[0].queued.id)
    assert row.status is cq.QueuedCallStatus.FAILED


def test_rows_of_the_queue(store):
    world = world_in(store)
    queue, user = world.queue, world.user.id
    contact = store.create_contact(cq.Contact(user_id=user, phone_number="+14155558888"))
    direct = queue.add_direct(
        user, cq.QueueRequest(contact_id=contact.id, agent_id=world.agent.id, user_data={"priority": 7})
    )
    assert direct.priority == 7 and direct.campaign_id is None and queue.position(user, direct.id).position == 1
    refused(cq.InvalidArgument, "agent_id", queue.add_direct, user, cq.QueueRequest(contact_id=contact.id))
    refused(cq.InvalidArgument, "priority", queue.create_bulk, user,
            [cq.QueueRequest(contact_id=contact.id, agent_id=world.agent.id, user_data={"priority": "x"})])
    made = queue.create_bulk(user, [cq.QueueRequest(contact_id=contact.id, campaign_id=world.campaign.id)])
    assert queue.cancel(user, made[0].id).status == "cancelled"
    refused(cq.Conflict, "status", queue.cancel, user, made[0].id)
    refused(cq.Conflict, "status", queue.position, user, made[0].id)
    claimed = queue.call_now(user, direct.id, worker="me")
    assert claimed.queued.id == direct.id and claimed.next_action == ""
    ended = queue.update_status(user, direct.id, "completed", success=True, duration=dt.timedelta(seconds=3))
    assert ended.success is True
    refused(cq.Conflict, "status", queue.update_status, user, direct.id, cq.QueuedCallStatus.QUEUED)
    assert queue.delete_by_contact(user, contact.id) == 0
    assert len(list(store.queued_calls(user, campaign_id=world.campaign.id))) == 4
    assert len(queue.list(user, statuses=["cancelled"])) == 1
    assert len(queue.find_by_campaign_id(user, world.campaign.id, limit=2)) == 2
    statistics = queue.get_queue_statistics(user)
    assert (statistics.queued, statistics.completed, statistics.cancelled) == (3, 1, 1)
    with pytest.raises(cq.LimitReached):
        store.set_user_limits(user, concurrent=0)
        queue.call_now(user, next(iter(store.queued_calls(user, statuses=["queued"]))).id)


def test_priorities_can_be_replaced(small_world):
    world = small_world
    queue = cq.CallQueue(world.store, priority=cq.PriorityRule(base=7, named_contact=1))
    contact = world.store.create_contact(cq.Contact(user_id=world.user.id, name="X", phone_number="+14155558888"))
    request = cq.QueueRequest(contact_id=contact.id, campaign_id=world.campaign.id)
    assert queue.create_bulk(world.user.id, [request])[0].priority == 8


def test_changes_are_heard(opener):
    store, other = opener(), opener()
    store.migrate()
    listener = store.listen()
    user = other.create_user(cq.User(name="Ann"))
    agent = other.create_agent(cq.Agent(user_id=user.id, name="Voice"))
    heard = listener.wait(dt.timedelta(seconds=30))
    assert heard.everyone or user.id in heard.users
    listener.wake()
    listener.wait(dt.timedelta(seconds=30))
    assert agent.user_id == user.id


def test_changes_are_iterated_over_until_the_listener_is_closed(opener):
    store, other = opener(), opener()
    store.migrate()
    assert not cq.Changes() and not cq.Changes(may_start=True) and cq.Changes(users=[uuid.uuid4()])
    heard = []
    with store.listen() as listener:
        user = other.create_user(cq.User(name="Ann"))
        for changes in listener:
            heard.append(changes.everyone or user.id in changes.users)
            if len(heard) == 2:
                break
            other.set_user_limits(user.id, concurrent=3)
    assert heard == [True, True]
    assert list(listener) == []
    listener.wake()
    listener.close()
    refused(cq.InvalidArgument, "listener", listener.wait)
    assert store.find_user(user.id).concurrent_calls_limit == 3


def test_ids_repeat_with_a_seed(clock):
    def made():
        with cq.open("sqlite::memory:", clock=cq.ManualClock(NOON), seed=7) as store:
            store.migrate()
            return store.create_user(cq.User(name="Ann")).id

    assert made() == made()


@pytest.mark.skipif(not SERVER, reason="needs a server")
def test_a_server_that_is_not_there_is_unavailable(tmp_path):
    with pytest.raises(cq.Unavailable):
        cq.open(f"postgresql://nobody@/none?host={tmp_path}")
