#include "c/scenario_operations.hpp"

namespace scenario {
namespace {

cq_queue_request request(With& with) {
  cq_queue_request made;
  cq_queue_request_init(&made, sizeof made);
  made.contact_id = with.text("contact_id");
  made.campaign_id = with.text("campaign_id");
  made.agent_id = with.text("agent_id");
  made.contact_name = with.text("contact_name");
  made.user_data = with.object_text("user_data");
  made.scheduled_for = with.instant("scheduled_for");
  made.not_after = with.instant("not_after");
  return made;
}

cq_claim_request claim_request(With& with) {
  cq_claim_request made;
  cq_claim_request_init(&made, sizeof made);
  if (with.has("worker")) made.worker = with.text("worker");
  with.take("limit", made.limit);
  with.take("lease_seconds", made.lease_seconds);
  with.take("lapse_submitted", made.lapse_submitted);
  return made;
}

/// Events as they are read from JSON; freed with this.
struct Events {
  explicit Events(const Json& list) {
    for (const auto& each : list) {
      const auto text = each.dump();
      cq_call_event* event = nullptr;
      ASK(cq_parse_call_event(text.data(), text.size(), &event, &error));
      owned.push_back(event);
      all.push_back(*event);
    }
  }
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;
  ~Events() {
    for (auto*& event : owned) cq_call_event_free(&event);
  }
  std::vector<cq_call_event*> owned;
  std::vector<cq_call_event> all;
};

Json create_bulk(cq_store* store, With& with) {
  std::deque<With> each;
  std::vector<cq_queue_request> requests;
  for (const auto& one : with.json("requests")) requests.push_back(request(each.emplace_back(one)));
  cq_queued_call_list* list = nullptr;
  ASK(cq_queue_create_bulk(store, with.text("user_id"), requests.data(), requests.size(), &list,
                           &error));
  return taken_items(list, cq_queued_call_list_free);
}

Json update_status(cq_store* store, With& with) {
  cq_status_details details;
  cq_status_details_init(&details, sizeof details);
  details.failure_reason = with.text("failure_reason");
  with.take("success", details.success);
  details.completed_at = with.instant("completed_at");
  with.take("duration_seconds", details.duration_seconds);
  cq_queued_call* row = nullptr;
  ASK(cq_queue_update_status(store, with.text("user_id"), with.text("id"),
                             cq_parse_queued_call_status(with.text("status")), &details, &row,
                             &error));
  return taken(row, cq_queued_call_free);
}

Json list_rows(cq_store* store, With& with) {
  cq_queue_filter filter;
  cq_queue_filter_init(&filter, sizeof filter);
  filter.campaign_id = with.text("campaign_id");
  filter.contact_id = with.text("contact_id");
  filter.statuses = with.statuses(cq_parse_queued_call_status, filter.statuses_count);
  const auto page = with.page();
  cq_queued_call_list* found = nullptr;
  ASK(cq_queue_list(store, with.text("user_id"), &filter, &page, &found, &error));
  return taken_page(found, cq_queued_call_list_free);
}

Json count_rows(cq_store* store, With& with) {
  cq_queue_statistics all;
  cq_queue_statistics_init(&all, sizeof all);
  ASK(cq_queue_get_queue_statistics(store, with.text("user_id"), &all, &error));
  return {{"queued", all.queued},       {"ready", all.ready},   {"processing", all.processing},
          {"completed", all.completed}, {"failed", all.failed}, {"cancelled", all.cancelled},
          {"skipped", all.skipped}};
}

Json position(cq_store* store, With& with) {
  std::int64_t at = 0;
  std::int64_t starts_at = 0;
  ASK(cq_queue_position(store, with.text("user_id"), with.text("id"), &at, &starts_at, &error));
  return {{"position", at}, {"starts_at", instant(starts_at)}};
}

Json upcoming(cq_store* store, With& with) {
  const auto page = with.page();
  cq_upcoming_call_list* found = nullptr;
  ASK(cq_queue_upcoming(store, with.text("user_id"), with.text("campaign_id"), &page, &found,
                        &error));
  Json rows = Json::array();
  for (std::size_t i = 0; i < found->count; ++i) {
    const auto& row = *found->items[i];
    rows.push_back({{"call", json_of(*row.call)},
                    {"position", row.position == CQ_UNSET ? Json{} : Json(row.position)},
                    {"starts_at", instant(row.starts_at)},
                    {"closed", row.closed == 1},
                    {"opens_at", instant(row.opens_at)}});
  }
  Json json{{"items", rows},
            {"next_cursor", *found->next_cursor == '\0' ? Json{} : Json(found->next_cursor)}};
  cq_upcoming_call_list_free(&found);
  return json;
}

Json begin_dial(cq_store* store, With& with) {
  std::deque<With> each;
  std::vector<cq_call_ref> refs;
  for (const auto& one : with.json("calls")) {
    auto& call = each.emplace_back(one);
    refs.push_back({call.text("user_id"), call.text("call_id")});
  }
  std::vector<std::int32_t> marked(refs.size());
  ASK(cq_store_begin_dial(store, refs.data(), refs.size(), with.text("worker"), marked.data(),
                          &error));
  Json ids = Json::array();
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (marked[i] == 1) ids.push_back(refs[i].call_id);
  }
  return ids;
}

Json locate_calls(cq_store* store, With& with) {
  Json found = Json::array();
  for (const auto& one : with.json("names")) {
    With name{one};
    cq_call* call = nullptr;
    try {
      ASK(cq_store_locate_call(store, name.text("call_id"), name.text("provider_call_id"), &call,
                               &error));
      found.push_back({{"user_id", call->user_id}, {"call_id", call->id}});
      cq_call_free(&call);
    } catch (const Failed& failed) {
      found.push_back({{"code", failed.code}, {"field", failed.field}});
    }
  }
  return found;
}

// --- A processor whose dialer answers what the scenario says ---

struct Script {
  With* with;
  std::size_t dials = 0;
  std::size_t lookups = 0;
  Json asked = Json::array();
};

extern "C" void scripted_dial(void* user, const cq_claimed_call* call, cq_dial_result* result) {
  auto& script = *static_cast<Script*>(user);
  script.asked.push_back(call->call->phone_number);
  const Json& answer = script.with->json("dials").at(script.dials++);
  if (answer == "throws") return;
  if (answer.contains("accepted")) {
    cq_dial_accepted(result, script.with->keep(answer["accepted"]));
  } else if (answer.contains("uncertain")) {
    cq_dial_uncertain(result, script.with->keep(answer["uncertain"]));
  } else {
    cq_dial_rejected(result, script.with->keep(answer.at("rejected")),
                     answer.value("retryable", true));
  }
}

extern "C" void scripted_lookup(void* user, const cq_call* call, cq_lookup_result* result) {
  auto& script = *static_cast<Script*>(user);
  const Json& answer = script.with->json("lookups").at(script.lookups++);
  if (answer == "never_received") {
    cq_lookup_never_received(result);
  } else if (answer != "unknown") {
    Json whole = answer;
    whole["call_id"] = call->id;
    whole["user_id"] = call->user_id;
    const Events said{Json::array({whole})};
    cq_lookup_known(result, said.all.data());
  }
}

Json step(cq_store* store, With& with) {
  Script script{&with};
  cq_dialer dialer;
  cq_dialer_init(&dialer, sizeof dialer);
  dialer.user = &script;
  dialer.dial = scripted_dial;
  if (with.has("lookups")) dialer.lookup = scripted_lookup;
  cq_processor_options options;
  cq_processor_options_init(&options, sizeof options);
  options.worker = with.text("worker");
  cq_processor* processor = nullptr;
  ASK(cq_processor_create(store, &dialer, &options, nullptr, &processor, &error));
  cq_step_result done;
  cq_step_result_init(&done, sizeof done);
  cq_error* error = nullptr;
  const cq_status status = cq_processor_step(processor, &done, &error);
  cq_processor_free(&processor);
  must(status, error);
  return {{"claimed", done.claimed},
          {"dialed", done.dialed},
          {"next_wakeup", instant(done.next_wakeup)},
          {"asked", script.asked}};
}

using Change = cq_status (*)(cq_store*, const char*, const char*, cq_queued_call**, cq_error**);
template <Change how>
Json row(cq_store* store, With& with) {
  cq_queued_call* found = nullptr;
  ASK(how(store, with.text("user_id"), with.text("id"), &found, &error));
  return taken(found, cq_queued_call_free);
}

}  // namespace

Operations queue_operations() {
  return {
      {"queue.find_by_id", row<cq_queue_find_by_id>},
      {"queue.cancel", row<cq_queue_cancel>},
      {"queue.find_by_campaign_id",
       [](cq_store* store, With& with) -> Json {
         const auto page = with.page();
         cq_queued_call_list* found = nullptr;
         ASK(cq_queue_find_by_campaign_id(store, with.text("user_id"), with.text("campaign_id"),
                                          &page, &found, &error));
         return taken_page(found, cq_queued_call_list_free);
       }},
      {"queue.list", list_rows},
      {"queue.upcoming", upcoming},
      {"queue.get_next_queued",
       [](cq_store* store, With& with) -> Json {
         cq_queued_call* next = nullptr;
         ASK(cq_queue_get_next_queued(store, with.text("user_id"), &next, &error));
         return next == nullptr ? Json{} : taken(next, cq_queued_call_free);
       }},
      {"queue.get_queue_statistics", count_rows},
      {"queue.position", position},
      {"queue.create_bulk", create_bulk},
      {"queue.add_direct",
       [](cq_store* store, With& with) -> Json {
         const auto wanted = request(with);
         cq_queued_call* made = nullptr;
         ASK(cq_queue_add_direct(store, with.text("user_id"), &wanted, &made, &error));
         return taken(made, cq_queued_call_free);
       }},
      {"queue.delete_by_contact",
       [](cq_store* store, With& with) -> Json {
         std::int32_t count = 0;
         ASK(cq_queue_delete_by_contact(store, with.text("user_id"), with.text("contact_id"),
                                        &count, &error));
         return count;
       }},
      {"queue.update_status", update_status},
      {"queue.claim",
       [](cq_store* store, With& with) -> Json {
         const auto wanted = claim_request(with);
         cq_claimed_call_list* claimed = nullptr;
         ASK(cq_queue_claim(store, &wanted, &claimed, &error));
         return taken_items(claimed, cq_claimed_call_list_free);
       }},
      {"queue.call_now",
       [](cq_store* store, With& with) -> Json {
         const auto wanted = claim_request(with);
         cq_claimed_call* claimed = nullptr;
         ASK(cq_queue_call_now(store, with.text("user_id"), with.text("id"), &wanted, &claimed,
                               &error));
         return taken(claimed, cq_claimed_call_free);
       }},
      {"queue.report",
       [](cq_store* store, With& with) -> Json {
         const Events said{Json::array({with.all()})};
         cq_call_report* report = nullptr;
         ASK(cq_queue_report(store, said.all.data(), &report, &error));
         return taken(report, cq_call_report_free);
       }},
      {"queue.finish_and_claim",
       [](cq_store* store, With& with) -> Json {
         const Events said{with.json("events")};
         const auto wanted = claim_request(with);
         cq_finished_and_claimed* both = nullptr;
         ASK(cq_queue_finish_and_claim(store, said.all.data(), said.all.size(), &wanted, &both,
                                       &error));
         Json json{{"reports", items(*both->reports)}, {"claimed", items(*both->claimed)}};
         cq_finished_and_claimed_free(&both);
         return json;
       }},
  };
}

Operations call_operations() {
  return {
      {"begin_dial", begin_dial},
      {"locate_calls", locate_calls},
      {"processor.step", step},
      {"renew_lease",
       [](cq_store* store, With& with) -> Json {
         std::int64_t lease = 0;
         with.take("lease_seconds", lease);
         cq_call* call = nullptr;
         ASK(cq_store_renew_lease(store, with.text("user_id"), with.text("call_id"),
                                  with.text("worker"), lease, &call, &error));
         return taken(call, cq_call_free);
       }},
      {"accept_call",
       [](cq_store* store, With& with) -> Json {
         cq_call* call = nullptr;
         ASK(cq_store_accept_call(store, with.text("user_id"), with.text("call_id"),
                                  with.text("provider_call_id"), &call, &error));
         return taken(call, cq_call_free);
       }},
      {"requeue_call",
       [](cq_store* store, With& with) -> Json {
         cq_call* call = nullptr;
         ASK(cq_store_requeue_call(store, with.text("user_id"), with.text("call_id"),
                                   with.text("reason"), &call, &error));
         return taken(call, cq_call_free);
       }},
      {"report_events",
       [](cq_store* store, With& with) -> Json {
         const Events said{with.json("events")};
         cq_call_report_list* reports = nullptr;
         ASK(cq_store_report_events(store, said.all.data(), said.all.size(), &reports, &error));
         return taken_items(reports, cq_call_report_list_free);
       }},
      {"reserve_slot",
       [](cq_store* store, With& with) -> Json {
         std::int64_t deadline = 0;
         with.take("deadline_seconds", deadline);
         cq_call* call = nullptr;
         ASK(cq_store_reserve_slot(store, with.text("user_id"), with.text("phone_number"), deadline,
                                   &call, &error));
         return taken(call, cq_call_free);
       }},
      {"find_call",
       [](cq_store* store, With& with) -> Json {
         cq_call* call = nullptr;
         ASK(cq_store_find_call(store, with.text("user_id"), with.text("id"), &call, &error));
         return taken(call, cq_call_free);
       }},
      {"find_calls",
       [](cq_store* store, With& with) -> Json {
         std::vector<const char*> ids;
         for (const auto& one : with.json("ids")) ids.push_back(with.keep(one));
         cq_call_list* found = nullptr;
         ASK(cq_store_find_calls(store, with.text("user_id"), ids.data(), ids.size(), &found,
                                 &error));
         return taken_items(found, cq_call_list_free);
       }},
      {"list_calls",
       [](cq_store* store, With& with) -> Json {
         cq_call_filter filter;
         cq_call_filter_init(&filter, sizeof filter);
         filter.campaign_id = with.text("campaign_id");
         filter.queue_id = with.text("queue_id");
         filter.provider_call_id = with.text("provider_call_id");
         filter.statuses = with.statuses(cq_parse_call_status, filter.statuses_count);
         with.take("newest_first", filter.newest_first);
         const auto page = with.page();
         cq_call_list* found = nullptr;
         ASK(cq_store_list_calls(store, with.text("user_id"), &filter, &page, &found, &error));
         return taken_page(found, cq_call_list_free);
       }},
      {"lapsed_calls",
       [](cq_store* store, With& with) -> Json {
         cq_call_list* found = nullptr;
         ASK(cq_store_lapsed_calls(store, with.json("limit").get<std::int32_t>(), &found, &error));
         return taken_items(found, cq_call_list_free);
       }},
  };
}

}  // namespace scenario
