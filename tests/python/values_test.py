"""Values: models, enums, time, ids, JSON; what goes in comes out, and what is wrong names its field."""

import copy
import datetime as dt
import pickle
import uuid
from zoneinfo import ZoneInfo

import pytest

import callqueue as cq
from callqueue import _core
from conftest import NOON, UTC

MODELS = [
    kind for name, kind in vars(_core).items() if isinstance(kind, type) and "__annotations__" in vars(kind)
]


@pytest.mark.parametrize("kind", MODELS, ids=lambda kind: kind.__name__)
def test_a_model_is_like_a_dataclass(kind):
    made = kind()
    assert made == kind() and not made != kind()
    assert made != 3
    assert repr(made).startswith(kind.__name__ + "(")
    with pytest.raises(TypeError):
        hash(made)
    with pytest.raises(TypeError, match="nonsense"):
        kind(nonsense=1)
    for again in (copy.copy(made), copy.deepcopy(made), made.replace()):
        assert again == made and again is not made
    values = {name: getattr(made, name) for name in kind.__annotations__}
    assert (kind.__doc__ or "").strip()
    for name in values:
        assert getattr(kind, name).__doc__, f"{kind.__name__}.{name} has no docstring"
    if not kind.__name__ == "FinishedAndClaimed":  # Its reports are only ever read.
        assert kind(**values) == made
        assert pickle.loads(pickle.dumps(made)) == made
    if hasattr(made, "to_json"):
        assert set(made.to_dict()) and made.to_json().startswith("{")


def test_everything_is_documented():
    for name in cq.__all__:
        value = getattr(cq, name)
        if callable(value) and name != "AnyDialer":
            assert (value.__doc__ or "").strip(), name
            for key, member in vars(value).items() if isinstance(value, type) else ():
                if callable(member) and not key.startswith("_"):
                    assert (member.__doc__ or "").strip(), f"{name}.{key}"


def test_fields_can_be_set_also_of_a_model_within_a_model():
    campaign = cq.CallCampaign(name="Spring")
    campaign.rules.retry.max_attempts = 3
    campaign.rules.timezone = ZoneInfo("Europe/Berlin")
    assert campaign.rules.retry.max_attempts == 3
    assert campaign.rules.timezone == "Europe/Berlin"
    rules = campaign.rules
    del campaign  # The part keeps the whole.
    assert rules.retry.max_attempts == 3


def test_two_that_differ_in_one_field_differ():
    assert cq.Contact(name="Ann") != cq.Contact(name="Bob")
    one = cq.ClaimedCall(next_action="Sell")  # Has no equality of the library's own.
    assert one == cq.ClaimedCall(next_action="Sell") and one != cq.ClaimedCall(next_action="Buy")


def test_phone_numbers_are_masked_in_repr():
    for model in (
        cq.Contact(phone_number="+14155550123"),
        cq.QueuedCall(phone_number="+14155550123"),
        cq.ClaimedCall(call=cq.Call(phone_number="+14155550123")),
        cq.CsvError(value="+14155550123", record="+14155550123,Ann"),
    ):
        assert "5550123" not in repr(model)


def test_instants_go_in_in_any_zone_and_come_out_in_utc():
    berlin = NOON.astimezone(ZoneInfo("Europe/Berlin"))
    for given in (NOON, berlin, NOON.astimezone(dt.timezone(dt.timedelta(hours=-7)))):
        call = cq.Call(created_at=given)
        assert call.created_at == NOON and call.created_at.tzinfo is UTC
    exact = dt.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert cq.Call(created_at=exact).created_at == exact
    with pytest.raises(cq.InvalidArgument, match="naive") as caught:
        cq.Call(answered_at=dt.datetime(2026, 1, 1))
    assert caught.value.field == "answered_at"
    with pytest.raises(TypeError, match="answered_at"):
        cq.Call(answered_at="2026-01-01")


NAIVE, FINE = dt.datetime(2026, 1, 1), dt.timedelta(microseconds=1)
RULES, POLICY = cq.CallingRules(windows=cq.every_day(cq.CallingWindow(closes="24:00"))), cq.RetryPolicy()
REF = cq.CallRef()
# What is wrong with an argument is told under its name. Of a store and its services: what they are asked.
ARGUMENTS = {
    "ManualClock.start": lambda: cq.ManualClock(NAIVE),
    "ManualClock.to": lambda: cq.ManualClock(NOON).advance_to(NAIVE),
    "is_open.now": lambda: cq.is_open(RULES, "UTC", NAIVE),
    "next_open_interval.after": lambda: cq.next_open_interval(RULES, "UTC", NAIVE),
    "spread.start": lambda: cq.spread(3, RULES, "UTC", NAIVE),
    "retry_at.ended_at": lambda: cq.retry_at(POLICY, "busy", 1, NAIVE, RULES, "UTC"),
    "forecast.now": lambda: cq.forecast(cq.ForecastInput(), RULES, "UTC", NAIVE),
    "apply_event.now": lambda: cq.apply_event(cq.Call(), cq.CallEvent(), NAIVE),
    "apply_event.call_deadline": lambda: cq.apply_event(cq.Call(), cq.CallEvent(), NOON, FINE),
    "listen.until": lambda store: store.listen().wait(until=NAIVE),
    "listen.at_most": lambda store: store.listen().wait(FINE),
    "update_status.completed_at": lambda store: cq.CallQueue(store).update_status(
        cq.NIL, cq.NIL, "failed", completed_at=NAIVE),
    "update_status.duration": lambda store: cq.CallQueue(store).update_status(cq.NIL, cq.NIL, "failed", duration=FINE),
    "claim.lease": lambda store: cq.CallQueue(store).claim(lease=FINE),
    "claim.only": lambda store: cq.CallQueue(store).claim(only="it"),
    "claim.only_user": lambda store: cq.CallQueue(store).claim(only_user="her"),
    "call_now.lease": lambda store: cq.CallQueue(store).call_now(cq.NIL, cq.NIL, lease=FINE),
    "finish_and_claim.lease": lambda store: cq.CallQueue(store).finish_and_claim([], lease=FINE),
    "renew_lease.lease": lambda store: store.renew_lease(REF, "w", FINE),
    "reserve_slot.deadline": lambda store: store.reserve_slot(cq.NIL, "+14155550123", FINE),
    **{f"open.{name}": lambda name=name: cq.open("sqlite::memory:", **{name: FINE})
       for name in ("busy_timeout", "statement_timeout", "look_interval")},
    **{f"Processor.{name}": lambda store, name=name: cq.Processor(store, print, **{name: FINE})
       for name in ("lease", "poll", "stop_deadline", "max_backoff")},
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_an_argument_is_blamed_by_its_name(name, small):
    ask = ARGUMENTS[name]
    with pytest.raises(cq.InvalidArgument) as caught:
        ask(*[small] * ("store" in ask.__code__.co_varnames[:1]))
    assert caught.value.field == name.partition(".")[2]


def test_dates_are_dates_alone():
    assert cq.CallCampaign(start_date=dt.date(2026, 2, 28)).start_date == dt.date(2026, 2, 28)
    assert cq.CallCampaign().start_date is None and cq.CallCampaign(start_date=None).start_date is None
    with pytest.raises(TypeError, match="start_date"):
        cq.CallCampaign(start_date=NOON)


def test_times_of_day_know_the_end_of_the_day():
    window = cq.CallingWindow(opens="09:30", closes=cq.END_OF_DAY)
    assert window.opens == dt.time(9, 30) and window.closes == cq.END_OF_DAY
    assert cq.CallingWindow(closes="24:00") == cq.CallingWindow(closes=cq.END_OF_DAY)
    for wrong in (dt.time(9, tzinfo=UTC), dt.time(9, microsecond=1), "25:00", "9"):
        with pytest.raises(cq.InvalidArgument) as caught:
            cq.CallingWindow(opens=wrong)
        assert caught.value.field == "opens"


def test_durations_are_whole_in_their_unit():
    assert cq.CampaignRules(call_deadline=dt.timedelta(hours=2)).call_deadline == dt.timedelta(hours=2)
    assert cq.Call(duration=dt.timedelta(seconds=-1)).duration == dt.timedelta(seconds=-1)
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.CampaignRules(call_deadline=dt.timedelta(milliseconds=1500))
    assert caught.value.field == "call_deadline"
    with pytest.raises(TypeError):
        cq.CampaignRules(call_deadline=60)


def test_ids_are_uuids_or_their_text():
    one = uuid.uuid4()
    assert cq.Contact(id=one) == cq.Contact(id=str(one)) == cq.Contact(id=str(one).upper())
    assert cq.Contact(id=one).id == one
    assert cq.Contact().id == cq.NIL and cq.Contact(id=None).id == cq.NIL
    assert cq.QueuedCall().campaign_id is None
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.Contact(user_id="nobody")
    assert caught.value.field == "user_id"
    with pytest.raises(TypeError):
        cq.Contact(user_id=7)


def test_enums_are_the_text_of_the_database():
    policy = cq.RetryPolicy(outcomes=["busy", cq.CallOutcome.NO_ANSWER])
    assert policy.outcomes == [cq.CallOutcome.BUSY, cq.CallOutcome.NO_ANSWER]
    assert cq.CallStatus.IN_PROGRESS == "in_progress" and str(cq.CallStatus.IN_PROGRESS) == "in_progress"
    with pytest.raises(cq.InvalidArgument, match="campaign, contact") as caught:
        cq.CampaignRules(clock="wall")
    assert caught.value.field == "clock"
    with pytest.raises(TypeError):
        cq.Call(status=cq.QueuedCallStatus.QUEUED.value == "queued")


def test_an_enum_of_another_kind_counts_as_its_text_only():
    with pytest.raises(cq.InvalidArgument):
        cq.Call(status=cq.QueuedCallStatus.QUEUED)


def test_texts_are_unicode():
    assert cq.Contact(name="Zoë 🙂").name == "Zoë 🙂"
    with pytest.raises(cq.InvalidArgument) as caught:
        cq.Contact(name="\ud800")
    assert caught.value.field == "name"
    for wrong in (b"bytes", 3, None):
        with pytest.raises(TypeError, match="name"):
            cq.Contact(name=wrong)
    with pytest.raises(TypeError, match="timezone"):
        cq.User(timezone=3)


def test_user_data_is_a_dict():
    data = {"city": "Zürich", "tags": [1, {"a": None}], "priority": 3}
    request = cq.QueueRequest(user_data=data)
    assert request.user_data == data
    assert cq.QueueRequest(user_data='{"a": 1}').user_data == {"a": 1}
    assert cq.QueueRequest().user_data == {}
    for wrong in ({"a": float("nan")}, {"a": object()}, {"a": "\ud800"}):
        with pytest.raises(cq.InvalidArgument) as caught:
            cq.QueueRequest(user_data=wrong)
        assert caught.value.field == "user_data"


def test_errors_are_one_family():
    error = cq.InvalidArgument("no name", field="name")
    assert isinstance(error, (cq.Error,)) and isinstance(error, ValueError)
    assert error.code is cq.ErrorCode.INVALID_ARGUMENT and str(error) == "name: no name"
    assert pickle.loads(pickle.dumps(error)).field == "name"
    assert error.to_dict() == {"code": "invalid_argument", "message": "no name", "field": "name"}
    assert {kind.code.name for kind in cq.Error.__subclasses__()} == {code.name for code in cq.ErrorCode}
    assert issubclass(cq.NotFound, LookupError)
