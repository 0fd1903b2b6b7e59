"""The pure core: usable without a store."""

import datetime as dt
import uuid

import pytest

import callqueue as cq
from conftest import NOON, UTC

OFFICE = cq.CallingRules(
    windows=cq.every_day(cq.CallingWindow(opens=dt.time(9), closes=dt.time(18))), start_date=dt.date(2026, 3, 1)
)


def test_priority():
    assert cq.priority() == 0
    assert cq.priority("Ann", 5) == 105
    assert cq.priority("Ann", 5, rule=cq.PriorityRule(base=1, named_contact=10)) == 16
    assert cq.priority("Ann", 2**31 - 1) == 2**31 - 1
    assert cq.custom_priority({"priority": -3}) == -3
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.custom_priority({"priority": "high"})
    assert caught.value.field == "priority"


def test_windows_open_and_close_on_the_clock_of_their_zone():
    assert cq.is_open(OFFICE, "Europe/Berlin", NOON)
    assert not cq.is_open(OFFICE, "Pacific/Auckland", NOON)
    closes = dt.datetime(2026, 3, 2, 17, tzinfo=UTC)
    interval = cq.next_open_interval(OFFICE, "Europe/Berlin", NOON)
    assert interval == cq.Interval(opens_at=dt.datetime(2026, 3, 2, 8, tzinfo=UTC), closes_at=closes)
    assert cq.is_open(OFFICE, "Europe/Berlin", closes)
    assert not cq.is_open(OFFICE, "Europe/Berlin", closes + dt.timedelta(microseconds=1))
    assert cq.next_open_interval(OFFICE.replace(end_date=dt.date(2026, 3, 1)), "UTC", NOON) is None
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.is_open(OFFICE, "Mars/Base", NOON)
    assert caught.value.field == "timezone"
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.is_open(cq.CallingRules(), "UTC", NOON)
    assert caught.value.field == "windows"
    with pytest.raises(cq.InvalidArgument):
        cq.CallingRules(windows=[[]] * 6)


def test_a_campaign_is_called_by_its_own_rules():
    campaign = cq.CallCampaign(start_date=dt.date(2026, 3, 1), first_call_time="10:00")
    rules = cq.calling_rules(campaign)
    assert rules.windows == [[cq.CallingWindow(opens="10:00", closes="18:00")]] * 7
    assert cq.resolve_timezone("contact", contact="Asia/Tokyo", user="UTC") == "Asia/Tokyo"
    assert cq.resolve_timezone("campaign", contact="Asia/Tokyo") == "UTC"


def test_retries():
    policy = cq.RetryPolicy(outcomes=["busy"], max_attempts=2, delays=[dt.timedelta(hours=12)])
    assert cq.is_retryable(policy, "busy", 1)
    assert not cq.is_retryable(policy, "busy", 2) and not cq.is_retryable(policy, "failed", 1)
    assert cq.retry_at(policy, "busy", 1, NOON, OFFICE, "UTC") == dt.datetime(2026, 3, 3, 9, tzinfo=UTC)
    assert cq.retry_at(policy, "failed", 1, NOON, OFFICE, "UTC") is None
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.is_retryable(cq.RetryPolicy(max_attempts=0), "busy", 1)
    assert caught.value.field == "retry.max_attempts"


def test_slots_are_dealt_one_a_round():
    ann, bob = sorted((uuid.uuid4(), uuid.uuid4()))
    candidates = [
        cq.RoundRobinCandidate(user_id=ann, turn=2, headroom=5, ready=5),
        cq.RoundRobinCandidate(user_id=bob, turn=1, headroom=1, ready=5),
    ]
    assert cq.deal(candidates, 4) == [bob, ann, ann, ann]
    allocator = cq.RoundRobinAllocator(candidates)
    assert allocator.next() == bob and allocator.next() == ann
    allocator.drop_last()
    assert allocator.next() is None
    allocator.add(cq.RoundRobinCandidate(user_id=uuid.uuid4(), headroom=1, ready=1))
    assert allocator.next() is not None


def test_spread_and_forecast():
    due = cq.spread(4, OFFICE, "UTC", NOON)
    assert len(due) == 4 and due[0] == NOON and due == sorted(due)
    forecast = cq.forecast(
        cq.ForecastInput(open_rows=120, user_limit=2, mean_duration=dt.timedelta(seconds=60)), OFFICE, "UTC", NOON
    )
    assert forecast.ends_at == NOON + dt.timedelta(hours=1) and forecast.unreached_rows == 0


def test_states():
    assert cq.is_final(cq.CampaignStatus.CANCELLED) and not cq.is_final(cq.QueuedCallStatus.QUEUED)
    assert cq.is_active("ringing") and not cq.is_active(cq.CallStatus.BUSY)
    assert cq.can_transition(cq.CampaignStatus.DRAFT, cq.CampaignStatus.ACTIVE)
    assert not cq.can_transition(cq.QueuedCallStatus.COMPLETED, cq.QueuedCallStatus.QUEUED)
    assert cq.can_transition(cq.CallStatus.UNKNOWN, cq.CallStatus.COMPLETED)
    for nothing in ("queued", 3, None):
        with pytest.raises(TypeError):
            cq.is_final(nothing)


def test_events_move_a_call_forward():
    call = cq.Call(status="initiated", created_at=NOON)
    event = cq.CallEvent()
    cq.set_status(event, "In-Progress")
    after = cq.apply_event(call, event, NOON + dt.timedelta(seconds=5))
    assert after.call.status is cq.CallStatus.IN_PROGRESS and after.changed and not after.ended
    assert not cq.apply_event(after.call, event, NOON + dt.timedelta(seconds=5)).changed
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.set_status(event, "sleeping")
    assert caught.value.field == "status"
    cq.set_outcome(event, "voicemail")
    assert (event.status, event.outcome) == (cq.CallStatus.IN_PROGRESS, cq.CallOutcome.VOICEMAIL)
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.set_outcome(event, cq.CallOutcome.BUSY)
    assert caught.value.field == "outcome" and event.outcome is cq.CallOutcome.VOICEMAIL


def test_webhooks_are_read():
    call, user = uuid.uuid4(), uuid.uuid4()
    body = {"user_id": str(user), "call_id": call, "status": "call-disconnected", "duration_seconds": 7}
    event = cq.call_event(body)
    assert (event.user_id, event.call_id, event.status) == (user, call, None)
    assert event.duration == dt.timedelta(seconds=7)
    assert cq.call_event(b'{"provider_call_id": "p1", "status": "busy"}').provider_call_id == "p1"
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.call_event({"call_id": str(call), "status": "sleeping"})
    assert caught.value.field == "status"
    with pytest.raises(cq.InvalidArgument):
        cq.call_event(b"\xff")
    one, other = cq.call_events([{"provider_call_id": "p1", "status": "busy"}, {"status": "busy"}])
    assert isinstance(one, cq.CallEvent) and isinstance(other, cq.InvalidArgument)


def test_phone_numbers():
    assert cq.normalize_phone_number("0049 30 1234567") == "+49301234567"
    assert cq.normalize_phone_number("030 1234567", "DE") == "+49301234567"
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.normalize_phone_number("030 1234567")
    assert caught.value.field == "phone_number"


def test_validate():
    cq.validate(cq.User(name="Ann"))
    for model, field in (
        (cq.User(name="Ann", concurrent_calls_limit=-1), "concurrent_calls_limit"),
        (cq.Agent(name="x"), "user_id"),
        (cq.Contact(user_id=uuid.uuid4(), phone_number="12"), "phone_number"),
        (cq.CallCampaign(), "user_id"),
    ):
        with pytest.raises(cq.InvalidArgument) as caught:
            cq.validate(model)
        assert caught.value.field == field


def test_a_manual_clock_never_goes_back(clock):
    before = clock.now()
    clock.advance(dt.timedelta(seconds=-1))
    assert clock.now() == before
