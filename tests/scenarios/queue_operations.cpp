#include "scenarios/arguments.hpp"

namespace callqueue::scenarios {
namespace {

QueueRequest request(const Arguments& with) {
  return {.contact_id = with.id<ContactId>("contact_id"),
          .campaign_id = with.optional_id<CampaignId>("campaign_id"),
          .agent_id = with.optional_id<AgentId>("agent_id"),
          .contact_name = with.text("contact_name"),
          .user_data = with.object_text("user_data"),
          .scheduled_for = with.optional_instant("scheduled_for"),
          .not_after = with.optional_instant("not_after")};
}

ClaimRequest claim_request(const Arguments& with) {
  const ClaimRequest other;
  return {.worker = with.value("worker", other.worker),
          .limit = with.value("limit", other.limit),
          .lease = with.seconds("lease_seconds", other.lease),
          .lapse_submitted = with.value("lapse_submitted", other.lapse_submitted)};
}

/// One by one; nothing is reported if one cannot be read.
Result<std::vector<CallEvent>> events(const Json& list) {
  std::vector<CallEvent> read;
  for (const auto& each : list) {
    auto event = parse_call_event(each.dump());
    if (!event) return tl::unexpected<Error>{event.error()};
    read.push_back(std::move(*event));
  }
  return read;
}

Json reports(const std::vector<Result<CallReport>>& all) {
  Json list = Json::array();
  for (const auto& one : all) list.push_back(one ? json_of(*one) : json_of(one.error()));
  return list;
}

Json refs(const std::vector<Result<CallRef>>& all) {
  Json list = Json::array();
  for (const auto& one : all) {
    list.push_back(
        one ? Json{{"user_id", to_text(one->user_id)}, {"call_id", to_text(one->call_id)}}
            : json_of(one.error()));
  }
  return list;
}

CallRef call(const Arguments& with) {
  return {with.id<UserId>("user_id"), with.id<CallId>("call_id")};
}

Result<Json> update_status(CallQueue queue, const Arguments& with) {
  StatusDetails details{.failure_reason = with.text("failure_reason"),
                        .success = with.optional<bool>("success"),
                        .completed_at = with.optional_instant("completed_at")};
  if (with.has("duration_seconds")) details.duration = with.seconds("duration_seconds", {});
  return given(queue.update_status(with.id<UserId>("user_id"), with.id<QueuedCallId>("id"),
                                   parse_queued_call_status(with.text("status")).value(), details));
}

Result<Json> create_bulk(CallQueue queue, const Arguments& with) {
  std::vector<QueueRequest> requests;
  for (const auto& each : with.json("requests")) requests.push_back(request(Arguments{each}));
  return given(queue.create_bulk(with.id<UserId>("user_id"), requests));
}

Result<Json> position(CallQueue queue, const Arguments& with) {
  return queue.position(with.id<UserId>("user_id"), with.id<QueuedCallId>("id"))
      .map([](const QueuePosition& at) {
        return Json{{"position", at.position},
                    {"starts_at", at.starts_at ? Json(to_text(*at.starts_at)) : Json{}}};
      });
}

Json page_of_upcoming(const PageOf<UpcomingCall>& page) {
  Json items = Json::array();
  for (const auto& row : page.items) {
    items.push_back({{"call", json_of(row.call)},
                     {"position", row.position ? Json(*row.position) : Json{}},
                     {"starts_at", row.starts_at ? Json(to_text(*row.starts_at)) : Json{}},
                     {"closed", row.closed},
                     {"opens_at", row.opens_at ? Json(to_text(*row.opens_at)) : Json{}}});
  }
  return {{"items", items},
          {"next_cursor", page.next_cursor.empty() ? Json{} : Json(page.next_cursor)}};
}

Result<Json> begin_dial(Store& store, const Arguments& with) {
  std::vector<CallRef> calls;
  for (const auto& each : with.json("calls")) calls.push_back(call(Arguments{each}));
  return store.begin_dial(calls, with.text("worker")).map([](const std::vector<CallId>& marked) {
    Json list = Json::array();
    for (const auto& id : marked) list.push_back(to_text(id));
    return list;
  });
}

Result<Json> locate_calls(Store& store, const Arguments& with) {
  std::vector<CallName> names;
  for (const auto& each : with.json("names")) {
    const Arguments name{each};
    names.push_back({name.id<CallId>("call_id"), name.text("provider_call_id")});
  }
  return store.locate_calls(names).map(refs);
}

Json json_of_advance(const AdvanceResult& done) {
  return {{"requeued", done.requeued},
          {"lapsed", done.lapsed},
          {"made_ready", done.made_ready},
          {"expired", done.expired},
          {"lanes_rolled", done.lanes_rolled},
          {"activated", done.activated},
          {"ended", done.ended},
          {"swept", done.swept},
          {"more", done.more}};
}

/// Answers what the scenario says, and notes who was called.
class ScriptedDialer final : public Dialer {
 public:
  explicit ScriptedDialer(const Arguments& with) : with_(with) {}

  DialResult dial(const ClaimedCall& claimed) override {
    asked.push_back(claimed.call.phone_number);
    const Json& answer = with_.json("dials").at(dials_++);
    if (answer == "throws") throw std::runtime_error("as the scenario says");
    if (answer.contains("accepted")) return DialResult::accepted(answer["accepted"]);
    if (answer.contains("uncertain")) return DialResult::uncertain(answer["uncertain"]);
    return DialResult::rejected(answer.at("rejected"), answer.value("retryable", true));
  }
  [[nodiscard]] bool can_look_up() const override { return with_.has("lookups"); }
  LookupResult lookup(const Call& asked_for) override {
    const Json& answer = with_.json("lookups").at(lookups_++);
    if (answer == "never_received")
      return {.kind = LookupResult::Kind::never_received, .event = {}};
    if (answer == "unknown") return {};
    Json whole = answer;
    whole["call_id"] = to_text(asked_for.id);
    return {.kind = LookupResult::Kind::known,
            .event = Arguments::must(parse_call_event(whole.dump()))};
  }

  Json asked = Json::array();

 private:
  const Arguments& with_;
  std::size_t dials_ = 0;
  std::size_t lookups_ = 0;
};

Result<Json> step(Store& store, const Arguments& with) {
  ScriptedDialer dialer{with};
  Processor processor{store, dialer, {.worker = with.text("worker")}};
  return processor.step().map([&dialer](const StepResult& done) {
    return Json{{"claimed", done.claimed},
                {"dialed", done.dialed},
                {"next_wakeup", done.next_wakeup ? Json(to_text(*done.next_wakeup)) : Json{}},
                {"asked", dialer.asked}};
  });
}

Result<Json> finish_and_claim(CallQueue queue, const Arguments& with) {
  const auto read = events(with.json("events"));
  if (!read) return tl::unexpected<Error>{read.error()};
  return queue.finish_and_claim(*read, claim_request(with)).map([](const FinishedAndClaimed& both) {
    return Json{{"reports", reports(both.reports)}, {"claimed", json_of(both.claimed)}};
  });
}

Operations rows() {
  return {
      {"queue.find_by_id",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.find_by_id(with.id<UserId>("user_id"),
                                                     with.id<QueuedCallId>("id")));
       }},
      {"queue.find_by_campaign_id",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.find_by_campaign_id(
             with.id<UserId>("user_id"), with.id<CampaignId>("campaign_id"), with.page()));
       }},
      {"queue.list",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.list(
             with.id<UserId>("user_id"),
             {.campaign_id = with.optional_id<CampaignId>("campaign_id"),
              .contact_id = with.optional_id<ContactId>("contact_id"),
              .statuses = with.statuses<QueuedCallStatus>(
                  [](std::string_view text) { return parse_queued_call_status(text); })},
             with.page()));
       }},
      {"queue.upcoming",
       [](Ground& g, const Arguments& with) {
         return CallQueue{*g.store}
             .upcoming(with.id<UserId>("user_id"), with.optional_id<CampaignId>("campaign_id"),
                       with.page())
             .map(page_of_upcoming);
       }},
      {"queue.get_next_queued",
       [](Ground& g, const Arguments& with) {
         return CallQueue{*g.store}
             .get_next_queued(with.id<UserId>("user_id"))
             .map([](const std::optional<QueuedCall>& next) {
               return next ? json_of(*next) : Json{};
             });
       }},
      {"queue.get_queue_statistics",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.get_queue_statistics(with.id<UserId>("user_id")));
       }},
      {"queue.position",
       [](Ground& g, const Arguments& with) { return position(CallQueue{*g.store}, with); }},
      {"queue.create_bulk",
       [](Ground& g, const Arguments& with) { return create_bulk(CallQueue{*g.store}, with); }},
      {"queue.add_direct",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.add_direct(with.id<UserId>("user_id"), request(with)));
       }},
      {"queue.cancel",
       [](Ground& g, const Arguments& with) {
         return given(
             CallQueue{*g.store}.cancel(with.id<UserId>("user_id"), with.id<QueuedCallId>("id")));
       }},
      {"queue.delete_by_contact",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.delete_by_contact(with.id<UserId>("user_id"),
                                                            with.id<ContactId>("contact_id")));
       }},
      {"queue.update_status",
       [](Ground& g, const Arguments& with) { return update_status(CallQueue{*g.store}, with); }},
  };
}

Operations calls() {
  return {
      {"queue.claim",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.claim(claim_request(with)));
       }},
      {"queue.call_now",
       [](Ground& g, const Arguments& with) {
         return given(CallQueue{*g.store}.call_now(
             with.id<UserId>("user_id"), with.id<QueuedCallId>("id"), claim_request(with)));
       }},
      {"queue.report",
       [](Ground& g, const Arguments& with) -> Result<Json> {
         const auto event = parse_call_event(with.all().dump());
         if (!event) return tl::unexpected<Error>{event.error()};
         return given(CallQueue{*g.store}.report(*event));
       }},
      {"queue.finish_and_claim",
       [](Ground& g, const Arguments& with) {
         return finish_and_claim(CallQueue{*g.store}, with);
       }},
      {"begin_dial", [](Ground& g, const Arguments& with) { return begin_dial(*g.store, with); }},
      {"renew_lease",
       [](Ground& g, const Arguments& with) {
         return given(g.store->renew_lease(call(with), with.text("worker"),
                                           with.seconds("lease_seconds", {})));
       }},
      {"accept_call",
       [](Ground& g, const Arguments& with) {
         return given(g.store->accept_call(call(with), with.text("provider_call_id")));
       }},
      {"requeue_call",
       [](Ground& g, const Arguments& with) {
         return given(g.store->requeue_call(call(with), with.text("reason")));
       }},
      {"report_events",
       [](Ground& g, const Arguments& with) -> Result<Json> {
         const auto read = events(with.json("events"));
         if (!read) return tl::unexpected<Error>{read.error()};
         return g.store->report_events(*read).map(reports);
       }},
      {"reserve_slot",
       [](Ground& g, const Arguments& with) {
         return given(g.store->reserve_slot(with.id<UserId>("user_id"), with.text("phone_number"),
                                            with.seconds("deadline_seconds", {})));
       }},
      {"find_call",
       [](Ground& g, const Arguments& with) {
         return given(g.store->find_call(with.id<UserId>("user_id"), with.id<CallId>("id")));
       }},
      {"find_calls",
       [](Ground& g, const Arguments& with) {
         std::vector<CallId> ids;
         for (const auto& one : with.json("ids")) {
           ids.push_back(Arguments::must(parse_id<CallId>(one.get<std::string>(), "ids")));
         }
         return given(g.store->find_calls(with.id<UserId>("user_id"), ids));
       }},
      {"list_calls",
       [](Ground& g, const Arguments& with) {
         return given(
             g.store->list_calls(with.id<UserId>("user_id"),
                                 {.campaign_id = with.optional_id<CampaignId>("campaign_id"),
                                  .queue_id = with.optional_id<QueuedCallId>("queue_id"),
                                  .provider_call_id = with.text("provider_call_id"),
                                  .statuses = with.statuses<CallStatus>([](std::string_view text) {
                                    return parse_call_status(text);
                                  }),
                                  .newest_first = with.value("newest_first", false)},
                                 with.page()));
       }},
      {"locate_calls",
       [](Ground& g, const Arguments& with) { return locate_calls(*g.store, with); }},
      {"advance",
       [](Ground& g, const Arguments& with) {
         const AdvanceRequest other;
         return g.store
             ->advance({.budget = with.value("budget", other.budget),
                        .lapse_submitted = with.value("lapse_submitted", other.lapse_submitted)})
             .map(json_of_advance);
       }},
      {"lapsed_calls",
       [](Ground& g, const Arguments& with) {
         return given(g.store->lapsed_calls(with.json("limit").get<int>()));
       }},
      {"next_wakeup",
       [](Ground& g, const Arguments&) {
         return g.store->next_wakeup().map(
             [](const std::optional<Instant>& at) { return at ? Json(to_text(*at)) : Json{}; });
       }},
      {"change_counter",
       [](Ground& g, const Arguments&) { return given(g.store->change_counter()); }},
      {"processor.step", [](Ground& g, const Arguments& with) { return step(*g.store, with); }},
  };
}

}  // namespace

Operations queue_operations() {
  auto all = rows();
  all.merge(calls());
  return all;
}

}  // namespace callqueue::scenarios
