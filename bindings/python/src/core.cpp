// Values and decisions: pure, usable without a store.
#include "callqueue/core.hpp"

#include "callqueue/call_queue.hpp"
#include "callqueue/json.hpp"
#include "callqueue/validate.hpp"
#include "model.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

using py::arg;

void bind_clocks_core(py::module_& m) {
  py::class_<ManualClock, std::shared_ptr<ManualClock>>(
      m, "ManualClock",
      "A clock that stands still until it is moved: for tests and simulations. Thread-safe.")
      .def(py::init(
               [](NamedInstant<"start"> start) { return std::make_shared<ManualClock>(start); }),
           arg("start"), "An aware datetime.")
      .def("now", &ManualClock::now, "What it shows.")
      .def("advance", &ManualClock::advance, arg("by"),
           "Moves it on by a timedelta, never back: a negative one leaves it where it is.")
      .def(
          "advance_to", [](ManualClock& self, NamedInstant<"to"> to) { self.advance_to(to); },
          arg("to"), "Moves it to an instant, never back.");
}

void bind_priorities_core(py::module_& m) {
  m.def(
      "priority",
      [](const std::string& contact_name, int custom, const PriorityRule& rule) {
        return priority(rule, contact_name, custom);
      },
      arg("contact_name") = "", arg("custom") = 0, py::kw_only(), arg("rule") = PriorityRule{},
      "How urgent a queued call is; larger is sooner. `custom` is the integer `priority` of its "
      "user_data. Saturates at 32 bits.");
  m.def(
      "custom_priority",
      [](const JsonObject& user_data) { return value_of(custom_priority(user_data.value)); },
      arg("user_data"),
      "The integer `priority` of a user_data dict; 0 when absent. InvalidArgument (`user_data`, "
      "`priority`).");
}

void bind_windows_core(py::module_& m) {
  m.def(
      "every_day", [](const CallingWindow& window) { return Week{every_day(window)}; },
      arg("window"), "The same window every day of a week.");
  m.def(
      "is_open",
      [](const CallingRules& rules, const TimeZone& zone, NamedInstant<"now"> now) {
        value_of(validate(rules));
        return is_open(rules, zone, now);
      },
      arg("rules"), arg("zone"), arg("now"), "Whether a call may start at `now`.");
  m.def(
      "next_open_interval",
      [](const CallingRules& rules, const TimeZone& zone, NamedInstant<"after"> after) {
        value_of(validate(rules));
        return next_open_interval(rules, zone, after);
      },
      arg("rules"), arg("zone"), arg("after"),
      "The open interval that contains `after`, else the first one that opens later; None when "
      "none ever does. One that is open for longer than a year is cut.");
  m.def(
      "calling_rules", [](const CallCampaign& campaign) { return calling_rules(campaign); },
      arg("campaign"), "The calling rules that a campaign's columns and rules amount to.");
  m.def(
      "resolve_timezone",
      [](CallClock clock, const ZoneName& contact, const ZoneName& campaign, const ZoneName& user) {
        return resolve_timezone(clock, contact.value, campaign.value, user.value);
      },
      arg("clock"), py::kw_only(), arg("contact") = ZoneName{}, arg("campaign") = ZoneName{},
      arg("user") = ZoneName{}, "The zone whose clock decides for a contact.");
  m.def(
      "spread",
      [](std::size_t count, const CallingRules& rules, const TimeZone& zone,
         NamedInstant<"start"> from) {
        value_of(validate(rules));
        return spread(count, rules, zone, from);
      },
      arg("count"), arg("rules"), arg("zone"), arg("start"),
      "Even distribution of calls over the open time of one window; empty when none opens.");
}

void bind_retries_core(py::module_& m) {
  m.def(
      "is_retryable",
      [](const RetryPolicy& policy, CallOutcome outcome, int attempts_made) {
        value_of(validate(policy));
        return is_retryable(policy, outcome, attempts_made);
      },
      arg("policy"), arg("outcome"), arg("attempts_made"),
      "Whether the policy allows another attempt.");
  m.def(
      "retry_at",
      [](const RetryPolicy& policy, CallOutcome outcome, int attempts_made,
         NamedInstant<"ended_at"> ended_at, const CallingRules& rules, const TimeZone& zone) {
        value_of(validate(policy));
        value_of(validate(rules));
        return retry_at(policy, outcome, attempts_made, ended_at, rules, zone);
      },
      arg("policy"), arg("outcome"), arg("attempts_made"), arg("ended_at"), arg("rules"),
      arg("zone"),
      "When the next attempt is due, within the windows; None: the queued call fails.");
}

void bind_dealing_core(py::module_& m) {
  Model<RoundRobinCandidate>(m, "RoundRobinCandidate", "A user that could take slots now.")
      .field("user_id", &RoundRobinCandidate::user_id, "Who.")
      .field("turn", &RoundRobinCandidate::turn, "Of its last dealing; 0: never served.")
      .field("headroom", &RoundRobinCandidate::headroom, "Slots it may still take.")
      .field("ready", &RoundRobinCandidate::ready, "Ready queued calls it has.");
  py::class_<RoundRobinAllocator>(
      m, "RoundRobinAllocator",
      "Deals slots one per user per round, least recently served first. For one thread at a time.")
      .def(py::init<std::vector<RoundRobinCandidate>>(),
           arg("candidates") = std::vector<RoundRobinCandidate>{}, "No user twice.")
      .def("add", &RoundRobinAllocator::add, arg("candidate"), "A user that is not there yet.")
      .def("next", &RoundRobinAllocator::next, "Who takes the next slot, or None.")
      .def("drop_last", &RoundRobinAllocator::drop_last,
           "Takes the dealing that `next` just made back and drops the user.");
  m.def(
      "deal",
      [](const std::vector<RoundRobinCandidate>& candidates, std::size_t slots) {
        return deal(candidates, slots);
      },
      arg("candidates"), arg("slots"), "The next dealings in order.");
}

void bind_forecasts_core(py::module_& m) {
  Model<ForecastInput>(m, "ForecastInput", "What a forecast is made from.")
      .field("open_rows", &ForecastInput::open_rows, "Queued and processing rows.")
      .field("rows_ahead", &ForecastInput::rows_ahead, "Taken before the one asked about.")
      .field("user_limit", &ForecastInput::user_limit, "Calls at once of this user.")
      .field("system_share", &ForecastInput::system_share, "Slots of the system it can count on.")
      .field("mean_duration", &ForecastInput::mean_duration, "How long a call holds its slot.")
      .field("attempts_per_row", &ForecastInput::attempts_per_row, "Retries included; at least 1.");
  m.def(
      "forecast",
      [](const ForecastInput& input, const CallingRules& rules, const TimeZone& zone,
         NamedInstant<"now"> now) {
        value_of(validate(rules));
        return forecast(input, rules, zone, now);
      },
      arg("input"), arg("rules"), arg("zone"), arg("now"),
      "Spends the expected call time on the open intervals, at the pace the limits allow.");
}

template <class E>
bool is_member(const py::object& value) {
  return py::isinstance(value, EnumMembers<E>::type);
}

void bind_states_core(py::module_& m) {
  // Statuses of different kinds share texts, so members alone tell which is meant: no conversion.
  m.def(
      "is_final",
      [](const py::object& status) {
        if (is_member<CampaignStatus>(status)) return is_final(status.cast<CampaignStatus>());
        if (is_member<QueuedCallStatus>(status)) return is_final(status.cast<QueuedCallStatus>());
        if (is_member<CallStatus>(status)) return !is_active(status.cast<CallStatus>());
        wrong_type("status", status);
      },
      arg("status"), "Whether a status (a member of one of the enums) is final.");
  m.def(
      "is_active", [](CallStatus status) { return is_active(status); }, arg("status"),
      "Whether a call of this status holds a slot.");
  m.def(
      "can_transition",
      [](const py::object& from, const py::object& to) {
        if (is_member<CampaignStatus>(from)) {
          return can_transition(from.cast<CampaignStatus>(), to.cast<CampaignStatus>());
        }
        if (is_member<QueuedCallStatus>(from)) {
          return can_transition(from.cast<QueuedCallStatus>(), to.cast<QueuedCallStatus>());
        }
        if (is_member<CallStatus>(from)) {
          return can_transition(from.cast<CallStatus>(), to.cast<CallStatus>());
        }
        wrong_type("status", from);
      },
      arg("current"), arg("to"), "Whether the state machine allows it; members of one enum.");
}

void bind_events_core(py::module_& m) {
  Model<CallTransition>(m, "CallTransition", "What an event makes of a call.")
      .field("call", &CallTransition::call, "After the event.")
      .field("changed", &CallTransition::changed, "False: a duplicate, or late without news.")
      .field("ended", &CallTransition::ended, "It became final: its slot is free from now on.")
      .field("corrected", &CallTransition::corrected, "An unknown call got its real outcome.")
      .field("judged", &CallTransition::judged, "A completed call got another success.");
  m.def(
      "apply_event",
      [](const Call& call, const CallEvent& event, NamedInstant<"now"> now,
         NamedSeconds<"call_deadline"> deadline) {
        return apply_event(call, event, now, deadline);
      },
      arg("call"), arg("event"), arg("now"), arg("call_deadline") = std::chrono::seconds{3600},
      "Applies an event to a call, as `CallQueue.report` does.");
  m.def(
      "parse_call_event", [](const std::string& json) { return value_of(parse_call_event(json)); },
      arg("json"),
      "Reads an event from JSON text. InvalidArgument naming the field, NotFound for a text that "
      "is no id.");
  m.def(
      "parse_call_events",
      [](const std::string& json) { return value_of(parse_call_events(json)); }, arg("json"),
      "Reads one event, or a list of 1 to 1,000: for each a `CallEvent`, or the `Error`.");
  m.def(
      "parse_campaign_rules",
      [](const std::string& json, const CampaignRules& base) {
        return value_of(parse_campaign_rules(json, base));
      },
      arg("json"), arg("base") = CampaignRules{},
      "Reads rules as they are in a campaign's JSON; what is absent stays as in `base`.");
  m.def(
      "set_status",
      [](CallEvent& event, const std::string& spelling) { value_of(set_status(event, spelling)); },
      arg("event"), arg("spelling"),
      "Sets status and outcome from a provider's spelling: any status or outcome, with `-` or `_`, "
      "in any case, and `call-disconnected`. `answered` means that somebody has picked up: in "
      "progress.");
  m.def(
      "set_outcome",
      [](CallEvent& event, CallOutcome outcome) { value_of(set_outcome(event, outcome)); },
      arg("event"), arg("outcome"),
      "Sets the outcome beside the status. InvalidArgument (`outcome`) where they contradict each "
      "other: what failed may have been rejected, what completed or is in progress was answered or "
      "met a voicemail, nothing that rings has an outcome yet. The event stays as it was then.");
}

void bind_checks_core(py::module_& m) {
  m.def(
      "validate", [](const User& user) { value_of(validate(user)); }, arg("model"),
      "Checks a User, Agent, Contact, CallCampaign, CallingRules or RetryPolicy. InvalidArgument "
      "names the field.");
  m.def(
      "validate", [](const Agent& agent) { value_of(validate(agent)); }, arg("model"));
  m.def(
      "validate", [](const Contact& contact) { value_of(validate(contact)); }, arg("model"));
  m.def(
      "validate", [](const CallCampaign& campaign) { value_of(validate(campaign)); }, arg("model"));
  m.def(
      "validate", [](const CallingRules& rules) { value_of(validate(rules)); }, arg("model"));
  m.def(
      "validate", [](const RetryPolicy& policy) { value_of(validate(policy)); }, arg("model"));
}

}  // namespace

void register_core(py::module_& m) {
  bind_clocks_core(m);
  bind_priorities_core(m);
  bind_windows_core(m);
  bind_retries_core(m);
  bind_dealing_core(m);
  bind_forecasts_core(m);
  bind_states_core(m);
  bind_events_core(m);
  bind_checks_core(m);
}

}  // namespace callqueue::python
