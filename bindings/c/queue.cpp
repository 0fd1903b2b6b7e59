#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/values.hpp"

namespace callqueue::c {
namespace {

/// The names of a row, as every function takes them.
struct RowName {
  UserId user_id;
  QueuedCallId id;

  RowName(const char* user, const char* row)
      : user_id(c::id<UserId>(user, "user_id")), id(c::id<QueuedCallId>(row, "queue_id")) {}
};

ClaimRequest claim_of(const cq_claim_request* request) { return value_of(or_defaults(request)); }

/// A list that is all there is.
PageOf<QueuedCall> whole(std::vector<QueuedCall> rows) { return {std::move(rows), {}}; }

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

void cq_queued_call_free(cq_queued_call** queued) { c::free_owned(queued); }
void cq_queued_call_list_free(cq_queued_call_list** queued) { c::free_owned(queued); }
void cq_claimed_call_free(cq_claimed_call** claimed) { c::free_owned(claimed); }
void cq_claimed_call_list_free(cq_claimed_call_list** claimed) { c::free_owned(claimed); }
void cq_finished_and_claimed_free(cq_finished_and_claimed** both) { c::free_owned(both); }

cq_status cq_queue_find_by_id(cq_store* store, const char* user_id, const char* queue_id,
                              cq_queued_call** queued, cq_error** error) {
  return c::finds(queued, "queued", error, [&] {
    const c::RowName name{user_id, queue_id};
    return c::value(c::queue(store).find_by_id(name.user_id, name.id));
  });
}

cq_status cq_queue_list(cq_store* store, const char* user_id, const cq_queue_filter* filter,
                        const cq_page* page, cq_queued_call_list** queued, cq_error** error) {
  return c::finds(queued, "queued", error, [&] {
    return c::value(c::queue(store).list(c::id<UserId>(user_id, "user_id"),
                                         c::value_of(c::or_defaults(filter)), c::page(page)));
  });
}

cq_status cq_queue_find_by_campaign_id(cq_store* store, const char* user_id,
                                       const char* campaign_id, const cq_page* page,
                                       cq_queued_call_list** queued, cq_error** error) {
  return c::finds(queued, "queued", error, [&] {
    return c::value(c::queue(store).find_by_campaign_id(
        c::id<UserId>(user_id, "user_id"), c::id<CampaignId>(campaign_id, "campaign_id"),
        c::page(page)));
  });
}

cq_status cq_queue_get_next_queued(cq_store* store, const char* user_id, cq_queued_call** queued,
                                   cq_error** error) {
  c::clear(queued);
  return c::guard(error, [&] {
    auto& found = c::out(queued, "queued");
    const auto next = c::value(c::queue(store).get_next_queued(c::id<UserId>(user_id, "user_id")));
    if (next) found = c::own<cq_queued_call>(*next);
  });
}

cq_status cq_queue_get_queue_statistics(cq_store* store, const char* user_id,
                                        cq_queue_statistics* statistics, cq_error** error) {
  return c::fills(statistics, "statistics", error, [&] {
    return c::value(c::queue(store).get_queue_statistics(c::id<UserId>(user_id, "user_id")));
  });
}

cq_status cq_queue_position(cq_store* store, const char* user_id, const char* queue_id,
                            int64_t* position, int64_t* starts_at, cq_error** error) {
  return c::guard(error, [&] {
    auto& place = c::number(position, "position");
    auto& start = c::number(starts_at, "starts_at");
    const c::RowName name{user_id, queue_id};
    const auto found = c::value(c::queue(store).position(name.user_id, name.id));
    place = found.position;
    start = c::instant(found.starts_at);
  });
}

cq_status cq_queue_create_bulk(cq_store* store, const char* user_id,
                               const cq_queue_request* requests, size_t count,
                               cq_queued_call_list** queued, cq_error** error) {
  return c::does(queued, error, [&] {
    const auto wanted = c::each(requests, count, "requests", [](const cq_queue_request& request) {
      return c::value_of(request);
    });
    return c::whole(
        c::value(c::queue(store).create_bulk(c::id<UserId>(user_id, "user_id"), wanted)));
  });
}

cq_status cq_queue_add_direct(cq_store* store, const char* user_id, const cq_queue_request* request,
                              cq_queued_call** queued, cq_error** error) {
  return c::does(queued, error, [&] {
    const auto wanted = c::value_of(c::needed(request, "request"));
    return c::value(c::queue(store).add_direct(c::id<UserId>(user_id, "user_id"), wanted));
  });
}

cq_status cq_queue_cancel(cq_store* store, const char* user_id, const char* queue_id,
                          cq_queued_call** queued, cq_error** error) {
  return c::does(queued, error, [&] {
    const c::RowName name{user_id, queue_id};
    return c::value(c::queue(store).cancel(name.user_id, name.id));
  });
}

cq_status cq_queue_delete_by_contact(cq_store* store, const char* user_id, const char* contact_id,
                                     int32_t* cancelled, cq_error** error) {
  return c::guard(error, [&] {
    const auto count = c::value(c::queue(store).delete_by_contact(
        c::id<UserId>(user_id, "user_id"), c::id<ContactId>(contact_id, "contact_id")));
    if (cancelled != nullptr) *cancelled = count;
  });
}

cq_status cq_queue_update_status(cq_store* store, const char* user_id, const char* queue_id,
                                 int32_t status, const cq_status_details* details,
                                 cq_queued_call** queued, cq_error** error) {
  return c::does(queued, error, [&] {
    const c::RowName name{user_id, queue_id};
    const auto wanted = c::enumerator(status, QueuedCallStatus::skipped, "status");
    return c::value(c::queue(store).update_status(name.user_id, name.id, wanted,
                                                  c::value_of(c::or_defaults(details))));
  });
}

cq_status cq_queue_claim(cq_store* store, const cq_claim_request* request,
                         cq_claimed_call_list** claimed, cq_error** error) {
  return c::finds(claimed, "claimed", error,
                  [&] { return c::value(c::queue(store).claim(c::claim_of(request))); });
}

cq_status cq_queue_call_now(cq_store* store, const char* user_id, const char* queue_id,
                            const cq_claim_request* request, cq_claimed_call** claimed,
                            cq_error** error) {
  return c::finds(claimed, "claimed", error, [&] {
    const c::RowName name{user_id, queue_id};
    return c::value(c::queue(store).call_now(name.user_id, name.id, c::claim_of(request)));
  });
}

cq_status cq_queue_finish_and_claim(cq_store* store, const cq_call_event* events, size_t count,
                                    const cq_claim_request* request, cq_finished_and_claimed** both,
                                    cq_error** error) {
  return c::finds(both, "both", error, [&] {
    const auto said = c::values_of(events, count);
    return c::value(c::queue(store).finish_and_claim(said, c::claim_of(request)));
  });
}

cq_status cq_custom_priority(const char* user_data, int32_t* priority, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(priority, "priority");
    told = c::value(custom_priority(c::text(user_data, "user_data")));
  });
}

void cq_upcoming_call_list_free(cq_upcoming_call_list** upcoming) { c::free_owned(upcoming); }

cq_status cq_queue_upcoming(cq_store* store, const char* user_id, const char* campaign_id,
                            const cq_page* page, cq_upcoming_call_list** upcoming,
                            cq_error** error) {
  return c::finds(upcoming, "upcoming", error, [&] {
    return c::value(c::queue(store).upcoming(c::id<UserId>(user_id, "user_id"),
                                             c::optional_id<CampaignId>(campaign_id, "campaign_id"),
                                             c::page(page)));
  });
}
