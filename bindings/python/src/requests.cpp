// What the library is asked with, and what comes of claims and events.
#include "callqueue/call_queue.hpp"
#include "callqueue/campaign_outlook.hpp"
#include "callqueue/csv_import.hpp"
#include "callqueue/dialer.hpp"
#include "enums.hpp"
#include "model.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

void bind_queue_requests(py::module_& m) {
  Model<PriorityRule>(m, "PriorityRule", "How urgent a queued call is; larger is sooner.")
      .field("base", &PriorityRule::base, "What every queued call starts with; 0.")
      .field("named_contact", &PriorityRule::named_contact, "For a contact with a name; 100.");
  Model<QueueRequest>(m, "QueueRequest",
                      "A call to be queued. `CallQueue` checks it and computes its priority.")
      .field("contact_id", &QueueRequest::contact_id, "Who is called.")
      .field("campaign_id", &QueueRequest::campaign_id, "None: a direct call.")
      .field("agent_id", &QueueRequest::agent_id,
             "None: the campaign's. Required for a direct call.")
      .field("contact_name", &QueueRequest::contact_name, "Empty: the contact's.")
      .field_as<JsonObject>("user_data", &QueueRequest::user_data,
                            "A dict; its integer `priority` counts.")
      .field("scheduled_for", &QueueRequest::scheduled_for, "None: now.")
      .field("not_after", &QueueRequest::not_after,
             "Direct calls only; None: 15 minutes from now, or from `scheduled_for` if later.");
  Model<UpcomingCall>(m, "UpcomingCall", "A queued call in the order of calling.")
      .field("call", &UpcomingCall::call, "The row.")
      .field("position", &UpcomingCall::position,
             "1: the next of what was asked for; None while its campaign is a draft or paused.")
      .field("starts_at", &UpcomingCall::starts_at, "When it may start, as `QueuePosition`.")
      .field("closed", &UpcomingCall::closed,
             "Its campaign runs, and its lane is closed now: even if it is due it may not start.")
      .field("opens_at", &UpcomingCall::opens_at,
             "When the closed lane opens; None: never again, or its zone is not known (yet).");
  Model<QueuePosition>(m, "QueuePosition", "Where a row stands.")
      .field("position", &QueuePosition::position,
             "1: the next of its user, in the order of `upcoming`.")
      .field("starts_at", &QueuePosition::starts_at,
             "Expected, from limits and durations; None: not within its windows.");
}

void bind_events_requests(py::module_& m) {
  Model<CallEvent>(m, "CallEvent",
                   "What a provider (or a dialer) says about one call. May arrive twice, late and "
                   "out of order.")
      .field("user_id", &CallEvent::user_id, "The call's user.")
      .field("call_id", &CallEvent::call_id, "`NIL` when only the provider's id is known.")
      .field("provider_call_id", &CallEvent::provider_call_id, "Recorded when first seen.")
      .field("status", &CallEvent::status,
             "None: the line was disconnected, and what was seen of the call decides.")
      .field("outcome", &CallEvent::outcome, "To say more than the status: voicemail, rejected.")
      .field("success", &CallEvent::success,
             "The host's own verdict; None: success means answered by a person.")
      .field("retryable", &CallEvent::retryable,
             "A rejection's verdict: False fails the row whatever the retry policy says.")
      .field("answered_at", &CallEvent::answered_at, "By the provider's clock.")
      .field("ended_at", &CallEvent::ended_at, "None: when the event is applied.")
      .field("duration", &CallEvent::duration, "Whole seconds.")
      .field("failure_reason", &CallEvent::failure_reason, "For people.");
  Model<CallRef>(m, "CallRef", "Names a call and its user.")
      .field("user_id", &CallRef::user_id, "Whose it is.")
      .field("call_id", &CallRef::call_id, "Which it is.");
  Model<CallName>(m, "CallName", "Names a call as its provider does.")
      .field("call_id", &CallName::call_id, "Ours; `NIL`: `provider_call_id` names it.")
      .field("provider_call_id", &CallName::provider_call_id, "The provider's.");
  Model<CallReport>(m, "CallReport", "What one reported event did.")
      .field("call", &CallReport::call, "After the event.")
      .field("queued", &CallReport::queued,
             "Its row after the event; None for a reserved slot or a deleted row.")
      .field("changed", &CallReport::changed, "False: a duplicate, or late without news.")
      .field("ended", &CallReport::ended, "This event freed the slot.");
}

void bind_claims_requests(py::module_& m) {
  Model<ClaimedCall>(m, "ClaimedCall",
                     "A call that was given a slot: dial it once, after `begin_dial` marked it.")
      .field("call", &ClaimedCall::call, "`call.id` is the idempotency key towards the provider.")
      .field("queued", &ClaimedCall::queued, "The row it serves.")
      .field("next_action", &ClaimedCall::next_action, "The campaign's; empty: a direct call.");
  Model<FinishedAndClaimed>(m, "FinishedAndClaimed", "Outcome of `CallQueue.finish_and_claim`.")
      .field("reports", &FinishedAndClaimed::reports,
             "In the order of the events: a `CallReport` each, or the `Error` that refused it.")
      .field("claimed", &FinishedAndClaimed::claimed, "The calls claimed in the same commit.");
  Model<SlotUse>(m, "SlotUse", "How many calls are active against a limit.")
      .field("active", &SlotUse::active, "Calls that hold a slot.")
      .field("limit", &SlotUse::limit, "Most of them.");
  Model<AdvanceResult> advance(m, "AdvanceResult", "What `Store.advance` did.");
  advance.field("requeued", &AdvanceResult::requeued, "Lapsed leases that were never submitted.")
      .field("lapsed", &AdvanceResult::lapsed, "Submitted calls that became unknown.")
      .field("made_ready", &AdvanceResult::made_ready, "Waiting rows that became ready.")
      .field("expired", &AdvanceResult::expired, "Direct calls past `not_after`.")
      .field("lanes_rolled", &AdvanceResult::lanes_rolled, "Lanes given their next interval.")
      .field("activated", &AdvanceResult::activated, "Campaigns whose first window opened.")
      .field("ended", &AdvanceResult::ended, "Campaigns whose last interval closed.")
      .field("swept", &AdvanceResult::swept, "Rows of campaigns that are over.")
      .field("more", &AdvanceResult::more, "The budget ran out first: call again.");
  advance.type().def_property_readonly("total", &AdvanceResult::total, "All of it.");
}

void bind_dialing_requests(py::module_& m) {
  Model<DialResult> result(m, "DialResult", "What the provider said when it was asked to call.");
  result.field("kind", &DialResult::kind, "`UNCERTAIN` unless set.")
      .field("provider_call_id", &DialResult::provider_call_id, "When accepted.")
      .field("retryable", &DialResult::retryable,
             "When rejected: whether the retry policy may try again.")
      .field("reason", &DialResult::reason, "When rejected or uncertain.");
  result.type()
      .def_static("accepted", &DialResult::accepted, py::arg("provider_call_id"),
                  "It will be, or is being, placed; events follow.")
      .def_static("rejected", &DialResult::rejected, py::arg("reason"), py::arg("retryable") = true,
                  "It was certainly not placed.")
      .def_static("uncertain", &DialResult::uncertain, py::arg("reason"),
                  "Nobody can tell (a timeout after submission): it keeps its slot until the lease "
                  "lapses, then is looked up.");
  Model<LookupResult> lookup(m, "LookupResult", "What the provider knows of a call.");
  lookup.field("kind", &LookupResult::kind, "`UNKNOWN` unless set.")
      .field("event", &LookupResult::event, "Where it is or how it ended, when it is known.");
  lookup.type()
      .def_static(
          "never_received",
          [] { return LookupResult{.kind = LookupResult::Kind::never_received, .event = {}}; },
          "Certainly: the row is queued again, no attempt spent.")
      .def_static(
          "known",
          [](CallEvent event) {
            return LookupResult{.kind = LookupResult::Kind::known, .event = std::move(event)};
          },
          py::arg("event"), "The event says where it is or how it ended.")
      .def_static(
          "unknown", [] { return LookupResult{}; },
          "Nobody can tell: the call becomes unknown, its row fails.");
}

void bind_imports_requests(py::module_& m) {
  Model<CsvError>(m, "CsvError", "One row of a CSV file that was not imported, and why.")
      .field("line", &CsvError::line, "Of the file, where the row starts; the header is 1.")
      .field("field", &CsvError::field, "Column; empty when the row as a whole is to blame.")
      .field("value", &CsvError::value, "What stood there. May be personal: `repr` leaves it out.")
      .private_field()
      .field("reason", &CsvError::reason, "One sentence for the person who made the file.")
      .field("record", &CsvError::record, "The row as it stood; empty for one that was skipped.")
      .private_field();
  Model<ImportError>(m, "ImportError", "An error that is remembered with the campaign.")
      .field("import_id", &ImportError::import_id, "Of which import.")
      .field("imported_at", &ImportError::imported_at, "UTC.")
      .field("error", &ImportError::error, "Of `line` 0: what there is to say of the whole.");
  Model<CsvReport>(m, "CsvReport", "What became of a file.")
      .field("campaign_id", &CsvReport::campaign_id, "`NIL` when contacts alone were imported.")
      .field("total", &CsvReport::total, "Data rows in the file.")
      .field("imported", &CsvReport::imported, "Calls queued (or contacts, without a campaign).")
      .field("matched", &CsvReport::matched, "Of those, rows of contacts that were there already.")
      .field("skipped", &CsvReport::skipped, "Duplicates, and contacts already in the campaign.")
      .field("failed", &CsvReport::failed, "Rows that cannot be called as they stand.")
      .field("errors", &CsvReport::errors, "Failed and skipped rows, the first 1,000.")
      .field("errors_total", &CsvReport::errors_total, "Failed and skipped rows in all.");
  Model<ImportRow>(m, "ImportRow", "One row as it would be taken.")
      .field("line", &ImportRow::line, "Of the file.")
      .field("phone_number", &ImportRow::phone_number, "E.164. `repr` masks it.")
      .field("name", &ImportRow::name, "As in the file.")
      .field("email", &ImportRow::email, "As in the file.")
      .field("company", &ImportRow::company, "As in the file.")
      .field("notes", &ImportRow::notes, "As in the file.")
      .field_as<ZoneName>("timezone", &ImportRow::timezone, "A known IANA name, or empty.")
      .field_as<JsonObject>("user_data", &ImportRow::user_data, "The other columns.")
      .field("priority", &ImportRow::priority, "By the rule.");
  Model<CsvPreview>(m, "CsvPreview", "What a file looks like before it is imported.")
      .field("columns", &CsvPreview::columns, "As in the file.")
      .field("mapping", &CsvPreview::mapping, "What each is taken for.")
      .field("rows", &CsvPreview::rows, "The first good ones.")
      .field("report", &CsvPreview::report, "Of `imported` only what the file itself tells.");
}

}  // namespace

void register_requests(py::module_& m) {
  py::class_<PythonPage>(m, "Page", "One page of a list: iterate over it, or take `items`.")
      .def_readonly("items", &PythonPage::items)
      .def_readonly("next_cursor", &PythonPage::next_cursor,
                    "Where the next page begins; empty on the last one.")
      .def("__len__", [](const PythonPage& page) { return page.items.size(); })
      .def("__iter__", [](const PythonPage& page) { return py::iter(page.items); })
      .def("__getitem__",
           [](const PythonPage& page, const py::object& index) {
             return py::object(page.items.attr("__getitem__")(index));
           })
      .def("__repr__",
           [](const PythonPage& page) {
             return "Page(" + std::string(py::repr(page.items)) + ", next_cursor='" +
                    page.next_cursor + "')";
           })
      .def_static("__class_getitem__", [](const py::object& item) { return item; });
  bind_queue_requests(m);
  bind_events_requests(m);
  bind_claims_requests(m);
  bind_dialing_requests(m);
  bind_imports_requests(m);
}

}  // namespace callqueue::python
