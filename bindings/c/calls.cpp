// Attempts, and what is said about them.
#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/values.hpp"
#include "callqueue/json.hpp"

namespace callqueue::c {
namespace {

CallRef ref(const char* user_id, const char* call_id) {
  return {.user_id = id<UserId>(user_id, "user_id"), .call_id = id<CallId>(call_id, "call_id")};
}

CallRef located(Store& store, const CallName& name) {
  auto found = value(store.locate_calls({&name, 1}));
  return value(std::move(found.front()));
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

void cq_call_free(cq_call** call) { c::free_owned(call); }
void cq_call_list_free(cq_call_list** calls) { c::free_owned(calls); }
void cq_call_report_free(cq_call_report** report) { c::free_owned(report); }
void cq_call_report_list_free(cq_call_report_list** reports) { c::free_owned(reports); }

cq_status cq_call_event_set_status(cq_call_event* event, const char* spelling, cq_error** error) {
  return c::guard(error, [&] {
    static_cast<void>(c::needed<cq_call_event>(event, "event"));
    CallEvent said;
    c::value(set_status(said, c::needed_text(spelling, "status")));
    event->status = c::number(said.status);
    event->outcome = c::number(said.outcome);
  });
}

cq_status cq_parse_call_event(const char* json, size_t length, cq_call_event** event,
                              cq_error** error) {
  return c::finds(event, "event", error, [&] {
    if (json == nullptr) c::refuse("json", "is missing");
    return c::value(parse_call_event({json, length}));
  });
}

void cq_call_event_free(cq_call_event** event) { c::free_owned(event); }

cq_status cq_call_event_set_outcome(cq_call_event* event, int32_t outcome, cq_error** error) {
  return c::guard(error, [&] {
    const auto given = c::needed<cq_call_event>(event, "event");
    CallEvent said{
        .status = c::optional_enumerator(given.status, CallStatus::unknown, "status"),
        .outcome = c::optional_enumerator(given.outcome, CallOutcome::unknown, "outcome")};
    c::value(set_outcome(said, c::enumerator(outcome, CallOutcome::unknown, "outcome")));
    event->outcome = c::number(said.outcome);
  });
}

cq_status cq_parse_call_events(const char* json, size_t length, cq_call_event_result_list** events,
                               cq_error** error) {
  return c::finds(events, "events", error, [&] {
    if (json == nullptr) c::refuse("json", "is missing");
    return c::value(parse_call_events({json, length}));
  });
}

void cq_call_event_result_list_free(cq_call_event_result_list** events) { c::free_owned(events); }

cq_status cq_queue_report(cq_store* store, const cq_call_event* event, cq_call_report** report,
                          cq_error** error) {
  return c::does(report, error, [&] {
    return c::value(c::queue(store).report(c::value_of(c::needed(event, "event"))));
  });
}

cq_status cq_store_report_events(cq_store* store, const cq_call_event* events, size_t count,
                                 cq_call_report_list** reports, cq_error** error) {
  return c::does(reports, error, [&] {
    const auto said = c::values_of(events, count);
    return c::value(c::open(store).report_events(said));
  });
}

cq_status cq_store_begin_dial(cq_store* store, const cq_call_ref* calls, size_t count,
                              const char* worker, int32_t* marked, cq_error** error) {
  return c::guard(error, [&] {
    if (count > 0 && calls == nullptr) c::refuse("calls", "are missing");
    if (count > 0 && marked == nullptr) c::refuse("marked", "is missing");
    std::vector<CallRef> refs;
    for (size_t i = 0; i < count; ++i) {
      refs.push_back(c::ref(calls[i].user_id, calls[i].call_id));
    }
    const auto ids = c::value(c::open(store).begin_dial(refs, c::needed_text(worker, "worker")));
    for (size_t i = 0; i < count; ++i) {
      marked[i] = std::find(ids.begin(), ids.end(), refs[i].call_id) != ids.end();
    }
  });
}

cq_status cq_store_renew_lease(cq_store* store, const char* user_id, const char* call_id,
                               const char* worker, int64_t lease_seconds, cq_call** call,
                               cq_error** error) {
  return c::does(call, error, [&] {
    return c::value(c::open(store).renew_lease(c::ref(user_id, call_id),
                                               c::needed_text(worker, "worker"),
                                               c::seconds(lease_seconds, "lease")));
  });
}

cq_status cq_store_accept_call(cq_store* store, const char* user_id, const char* call_id,
                               const char* provider_call_id, cq_call** call, cq_error** error) {
  return c::does(call, error, [&] {
    return c::value(c::open(store).accept_call(
        c::ref(user_id, call_id), c::needed_text(provider_call_id, "provider_call_id")));
  });
}

cq_status cq_store_requeue_call(cq_store* store, const char* user_id, const char* call_id,
                                const char* reason, cq_call** call, cq_error** error) {
  return c::does(call, error, [&] {
    return c::value(
        c::open(store).requeue_call(c::ref(user_id, call_id), c::text(reason, "reason")));
  });
}

cq_status cq_store_reserve_slot(cq_store* store, const char* user_id, const char* phone_number,
                                int64_t deadline_seconds, cq_call** call, cq_error** error) {
  return c::does(call, error, [&] {
    const auto number = c::needed_text(phone_number, "phone_number");
    return c::value(c::open(store).reserve_slot(c::id<UserId>(user_id, "user_id"), number,
                                                c::seconds(deadline_seconds, "deadline")));
  });
}

cq_status cq_store_find_call(cq_store* store, const char* user_id, const char* call_id,
                             cq_call** call, cq_error** error) {
  return c::finds(call, "call", error, [&] {
    const auto name = c::ref(user_id, call_id);
    return c::value(c::open(store).find_call(name.user_id, name.call_id));
  });
}

cq_status cq_store_find_calls(cq_store* store, const char* user_id, const char* const* call_ids,
                              size_t count, cq_call_list** calls, cq_error** error) {
  return c::finds(calls, "calls", error, [&] {
    const auto user = c::id<UserId>(user_id, "user_id");
    if (count > 0 && call_ids == nullptr) c::refuse("call_ids", "are missing");
    std::vector<CallId> ids;
    for (size_t i = 0; i < count; ++i) ids.push_back(c::id<CallId>(call_ids[i], "call_id"));
    return PageOf<Call>{c::value(c::open(store).find_calls(user, ids)), {}};
  });
}

cq_status cq_store_list_calls(cq_store* store, const char* user_id, const cq_call_filter* filter,
                              const cq_page* page, cq_call_list** calls, cq_error** error) {
  return c::finds(calls, "calls", error, [&] {
    return c::value(c::open(store).list_calls(c::id<UserId>(user_id, "user_id"),
                                              c::value_of(c::or_defaults(filter)), c::page(page)));
  });
}

cq_status cq_store_lapsed_calls(cq_store* store, int32_t limit, cq_call_list** calls,
                                cq_error** error) {
  return c::finds(calls, "calls", error, [&] {
    if (limit < 1) c::refuse("limit", "must be above 0");
    return PageOf<Call>{c::value(c::open(store).lapsed_calls(limit)), {}};
  });
}

cq_status cq_store_locate_call(cq_store* store, const char* call_id, const char* provider_call_id,
                               cq_call** call, cq_error** error) {
  return c::finds(call, "call", error, [&] {
    const CallName name{.call_id = c::optional_id<CallId>(call_id, "call_id").value_or(CallId{}),
                        .provider_call_id = c::text(provider_call_id, "provider_call_id")};
    const auto found = c::located(c::open(store), name);
    return c::value(c::open(store).find_call(found.user_id, found.call_id));
  });
}
