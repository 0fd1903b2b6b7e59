#!/usr/bin/env python3
"""run_scenarios.py [--all-must-fail] [--all-operations] STORE FILE…: the cases of tests/scenarios, through Python. See the
README there."""

import datetime as dt
import io
import json
import pathlib
import sys
import uuid

import callqueue as cq
from scenario_matching import difference, resolved

UTC = dt.timezone.utc


def instant(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


CONVERSIONS = {
    **dict.fromkeys(("scheduled_for", "not_after", "completed_at", "at", "after", "ended_at", "now", "from"), instant),
    **dict.fromkeys(("start_date", "end_date"), dt.date.fromisoformat),
    "excluded_dates": lambda dates: [dt.date.fromisoformat(one) for one in dates],
    "rules": cq.campaign_rules,
}


def arguments(given, keep_null=()):
    """Keywords as the package takes them: durations, instants and dates are Python's; what is null is left out."""
    keywords = {}
    for name, value in given.items():
        if value is None:
            if name in keep_null:
                keywords[name] = None
        elif name.endswith("_seconds"):
            whole = [dt.timedelta(seconds=one) for one in value] if isinstance(value, list) else dt.timedelta(seconds=value)
            keywords[name.removesuffix("_seconds")] = whole
        else:
            keywords[name] = CONVERSIONS.get(name, lambda same: same)(value)
    return keywords


def calling_rules(given):
    windows = given["windows"]
    if isinstance(windows, dict):
        week = cq.every_day(cq.CallingWindow(**windows))
    else:
        week = [[cq.CallingWindow(**window) for window in day] for day in windows]
    return cq.CallingRules(windows=week, **{name: value for name, value in arguments(given).items() if name != "windows"})


def as_json(value):
    """What a call gave, in the words of the database's columns."""
    if isinstance(value, cq.Error):
        return value.to_dict()
    if isinstance(value, cq.Page):
        return {"items": as_json(value.items), "next_cursor": value.next_cursor or None}
    if isinstance(value, (list, tuple)):
        return [as_json(one) for one in value]
    if isinstance(value, dict):
        return {str(name): as_json(one) for name, one in value.items()}
    if isinstance(value, dt.datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, (uuid.UUID, cq.CallStatus)):
        return str(value)
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if hasattr(type(value), "__annotations__"):
        return {name: as_json(getattr(value, name)) for name in type(value).__annotations__}
    return value


class Script:
    """A dialer that answers as a step says."""

    def __init__(self, dials):
        self.dials, self.asked = list(dials), []

    def dial(self, call):
        self.asked.append(call.queued.phone_number)
        answer = self.dials.pop(0)
        if answer == "throws":
            raise OSError("as the scenario says")
        if "accepted" in answer:
            return cq.DialResult.accepted(answer["accepted"])
        if "rejected" in answer:
            return cq.DialResult.rejected(answer["rejected"], answer.get("retryable", True))
        return cq.DialResult.uncertain(answer["uncertain"])


class LookingScript(Script):
    def __init__(self, dials, lookups):
        super().__init__(dials)
        self.lookups = list(lookups)

    def lookup(self, call):
        answer = self.lookups.pop(0)
        if answer == "never_received":
            return cq.LookupResult.never_received()
        if answer == "unknown":
            return cq.LookupResult.unknown()
        return cq.LookupResult.known(cq.call_event({"call_id": str(call.id), **answer}))


class Runner:
    """Carries out steps in one database."""

    def __init__(self, url, case):
        self.begins = instant(case["clock"])
        self.clock = cq.ManualClock(self.begins)
        self.store = cq.open(url, clock=self.clock)
        if case.get("migrate", True):
            self.store.migrate()

    def do(self, name, given):
        special = getattr(self, "do_" + name.replace(".", "_"), None)
        if special:
            return special(given)
        prefix, _, operation = name.rpartition(".")
        owner = {"": self.store, "campaigns": cq.CallCampaigns(self.store), "queue": cq.CallQueue(self.store), "core": cq}
        return getattr(owner[prefix], operation)(**arguments(given))

    # --- What the package takes in another form than the scenarios ---

    def do_advance_clock(self, given):
        self.clock.advance(dt.timedelta(seconds=given["seconds"]))

    def do_open_store(self, given):
        cq.open(given["url"]).close()

    def do_migrations_for(self, given):
        return cq.migrations_for(given["url"])

    def do_system_statistics(self, given):
        found = self.store.system_statistics()
        return {**as_json(found), **as_json(found.slots)}

    def do_create_user(self, given):
        return self.store.create_user(cq.User(**arguments(given)))

    def do_create_agent(self, given):
        return self.store.create_agent(cq.Agent(**arguments(given)))

    def do_create_contact(self, given):
        return self.store.create_contact(cq.Contact(**arguments(given)))

    def do_update_contact(self, given):
        return self.store.update_contact(cq.Contact(**arguments(given)))

    def do_campaigns_create(self, given):
        return cq.CallCampaigns(self.store).create(cq.CallCampaign(**arguments(given)))

    def do_campaigns_update(self, given):
        if given.get("rules") is not None:
            ids = given["user_id"], given["id"]
            before = cq.CallCampaigns(self.store).find_by_id(*ids).rules
            given = {**given, "rules": json.dumps(cq.campaign_rules(given["rules"], before).to_dict())}
        return cq.CallCampaigns(self.store).update(**arguments(given, keep_null=("end_date",)))

    def do_campaigns_preview(self, given):
        keywords = arguments(given)
        names = ("contacts", "call_duration", "concurrent_calls_limit")
        assumed = cq.CampaignAssumptions(**{name: keywords.pop(name) for name in names if name in keywords})
        return cq.CallCampaigns(self.store).preview(cq.CallCampaign(**keywords), assumed)

    def do_queue_create_bulk(self, given):
        requests = [cq.QueueRequest(**arguments(one)) for one in given["requests"]]
        return cq.CallQueue(self.store).create_bulk(given["user_id"], requests)

    def do_queue_add_direct(self, given):
        keywords = arguments(given)
        return cq.CallQueue(self.store).add_direct(keywords.pop("user_id"), cq.QueueRequest(**keywords))

    def do_queue_report(self, given):
        return cq.CallQueue(self.store).report(cq.call_event(given))

    def do_queue_finish_and_claim(self, given):
        keywords = arguments(given)
        events = [cq.call_event(one) for one in keywords.pop("events")]
        return cq.CallQueue(self.store).finish_and_claim(events, **keywords)

    def do_report_events(self, given):
        return self.store.report_events([cq.call_event(one) for one in given["events"]])

    def do_begin_dial(self, given):
        return self.store.begin_dial([cq.CallRef(**one) for one in given["calls"]], given["worker"])

    def of_call(self, operation, given):
        keywords = arguments(given)
        ref = cq.CallRef(user_id=keywords.pop("user_id"), call_id=keywords.pop("call_id"))
        return operation(ref, **keywords)

    def do_renew_lease(self, given):
        return self.of_call(self.store.renew_lease, given)

    def do_accept_call(self, given):
        return self.of_call(self.store.accept_call, given)

    def do_requeue_call(self, given):
        return self.of_call(self.store.requeue_call, given)

    def do_locate_calls(self, given):
        return self.store.locate_calls([cq.CallName(**arguments(one)) for one in given["names"]])

    def do_import_csv(self, given):
        keywords = arguments(given)
        return cq.import_csv(self.store, file=io.StringIO(keywords.pop("csv"), newline=""), **keywords)

    def do_import_contacts_csv(self, given):
        keywords = arguments(given)
        return cq.import_contacts_csv(self.store, file=io.StringIO(keywords.pop("csv"), newline=""), **keywords)

    def do_preview_csv(self, given):
        keywords = arguments(given)
        store = self.store if "campaign_id" in keywords else None
        return cq.preview_csv(io.StringIO(keywords.pop("csv"), newline=""), store=store, **keywords)

    def do_export_results(self, given):
        return "".join(cq.CampaignExport.results(self.store, **arguments(given)))

    def do_export_import_errors(self, given):
        return "".join(cq.CampaignExport.import_errors(self.store, **arguments(given)))

    def do_processor_step(self, given):
        dials = given.get("dials") or []
        dialer = LookingScript(dials, given["lookups"]) if "lookups" in given else Script(dials)
        result = cq.Processor(self.store, dialer, worker=given.get("worker", "")).step()
        return {**as_json(result), "asked": dialer.asked}

    # --- The core ---

    def do_core_error_codes(self, given):
        return {code.name.lower(): int(code) for code in cq.ErrorCode}

    def do_core_can_transition(self, given):
        kind = {"campaign": cq.CampaignStatus, "queued_call": cq.QueuedCallStatus, "call": cq.CallStatus}[given["of"]]
        return cq.can_transition(kind(given["from"]), kind(given["to"]))

    def do_core_is_final(self, given):
        kind = {"campaign": cq.CampaignStatus, "queued_call": cq.QueuedCallStatus, "call": cq.CallStatus}[given["of"]]
        return cq.is_final(kind(given["status"]))

    def do_core_set_outcome(self, given):
        event = cq.CallEvent()
        cq.set_status(event, given["status"])
        cq.set_outcome(event, given["outcome"])
        return self.said(event)

    def do_core_parse_call_events(self, given):
        return [one if isinstance(one, cq.Error) else self.said(one) for one in cq.call_events(given["json"])]

    @staticmethod
    def said(event):
        return {"call_id": None if event.call_id == cq.NIL else event.call_id,
                "provider_call_id": event.provider_call_id or None,
                "status": event.status and str(event.status), "outcome": event.outcome and str(event.outcome)}

    def do_core_priority(self, given):
        keywords = arguments(given)
        rule = cq.PriorityRule(**{name: keywords.pop(name) for name in ("base", "named_contact") if name in keywords})
        return cq.priority(**keywords, rule=rule)

    def do_core_is_open(self, given):
        return cq.is_open(calling_rules(given["rules"]), given["timezone"], instant(given["at"]))

    def do_core_next_open_interval(self, given):
        return cq.next_open_interval(calling_rules(given["rules"]), given["timezone"], instant(given["after"]))

    def do_core_retry_at(self, given):
        policy = cq.RetryPolicy(**arguments(given["policy"]))
        return cq.retry_at(policy, given["outcome"], given["attempts_made"], instant(given["ended_at"]),
                           calling_rules(given["rules"]), given["timezone"])

    def do_core_deal(self, given):
        return cq.deal([cq.RoundRobinCandidate(**one) for one in given["candidates"]], given["slots"])

    def do_core_spread(self, given):
        return cq.spread(given["count"], calling_rules(given["rules"]), given["timezone"], instant(given["from"]))

    def do_core_forecast(self, given):
        given = dict(given)
        rules, zone, now = calling_rules(given.pop("rules")), given.pop("timezone"), instant(given.pop("now"))
        return cq.forecast(cq.ForecastInput(**arguments(given)), rules, zone, now)


def step_difference(runner, names, step):
    """What is wrong with what a step gave, or an empty text."""
    failure = result = None
    try:
        result = as_json(runner.do(step["do"], resolved(step.get("with", {}), names, runner.begins)))
    except cq.Error as error:
        failure = {"code": error.code.name.lower(), "field": error.field}
    if "fails" in step:
        return difference({"field": "", **step["fails"]}, failure)
    if failure is not None:
        return f"failed: {failure}"
    for name, path in step.get("save", {}).items():
        value = result
        for part in filter(None, path.split(".")):
            value = value[int(part)] if isinstance(value, list) else value[part]
        names[name] = value
    return difference(resolved(step["gives"], names, runner.begins), result) if "gives" in step else ""


def case_difference(url, case):
    runner, names = Runner(url, case), {}
    with runner.store:
        for number, step in enumerate(case["steps"], 1):
            wrong = step_difference(runner, names, step)
            if wrong:
                return f"step {number} ({step['do']}): {wrong}"
    return ""


def main():
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    url, *files = [word for word in sys.argv[1:] if not word.startswith("--")]
    cases = [case for file in files for case in json.loads(pathlib.Path(file).read_text(encoding="utf-8"))]
    passed = 0
    for number, case in enumerate(cases, 1):
        wrong = case_difference(url.replace("{}", str(number)), case)
        good = bool(wrong) == ("--all-must-fail" in options)
        passed += good
        if not good:
            print(f"{case['name']}: {wrong or 'was let pass'}")
    for count, word in ((passed, "passed"), (len(cases) - passed, "failed")):
        if count:
            print(f"  {count} test cases out of {len(cases)} {word}")
    return 0 if cases and passed == len(cases) else 1


if __name__ == "__main__":
    sys.exit(main())
