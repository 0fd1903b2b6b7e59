#include <array>
#include <nlohmann/json.hpp>

#include "api.hpp"
#include "once.hpp"

namespace rest {

using namespace callqueue;

void read_campaign(JsonReader& in, CallCampaign& campaign) {
  in.required("name", campaign.name);
  in.required("agent_id", campaign.agent_id);
  read_plan(in, campaign);
}

void read_plan(JsonReader& in, CallCampaign& campaign) {
  in.optional("description", campaign.description);
  in.optional("next_action", campaign.next_action);
  in.optional("first_call_time", campaign.first_call_time);
  in.optional("last_call_time", campaign.last_call_time);
  in.required("start_date", campaign.start_date);
  in.optional("end_date", campaign.end_date);
  in.optional("rules", campaign.rules);
}

namespace {

Response create_campaign(App& app, Request& request) {
  CallCampaign campaign;
  campaign.user_id = request.caller.user_id;
  JsonReader in{request.body};
  read_campaign(in, campaign);
  if (const auto error = in.done()) return problem(*error);
  return created(app.campaigns.create(campaign), "/api/campaigns/");
}

Response list_campaigns(App& app, Request& request) {
  const auto page = page_of(request);
  if (!page) return problem(page.error());
  auto statuses = statuses_of<CampaignStatus>(request, parse_campaign_status);
  if (!statuses) return problem(statuses.error());
  const auto agent_id = id_parameter<AgentId>(request, "agent_id");
  if (!agent_id) return problem(agent_id.error());
  const auto found =
      app.campaigns.find_by_user_id(request.caller.user_id,
                                    {.statuses = std::move(*statuses),
                                     .agent_id = *agent_id,
                                     .name = std::string{request.parameter("name").value_or("")}},
                                    *page);
  if (!found) return problem(found.error());
  std::string items;
  for (const auto& campaign : found->items) {
    if (!items.empty()) items += ',';
    items += app.deletions.to_json(campaign);
  }
  return json(page_of(items, found->next_cursor));
}

Response find_campaign(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  if (!id) return problem(id.error());
  const auto campaign = app.campaigns.find_by_id(request.caller.user_id, *id);
  return campaign ? json(app.deletions.to_json(*campaign)) : problem(campaign.error());
}

/// 204 once it is gone; meanwhile it says of itself that it is being deleted.
Response delete_campaign(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  if (!id) return problem(id.error());
  const auto campaign = app.campaigns.find_by_id(request.caller.user_id, *id);
  if (!campaign) return problem(campaign.error());
  const Deletions::Hold hold{app.deletions, *id};
  return reply(app.campaigns.remove(request.caller.user_id, *id));
}

/// PUT: everything that is not said goes back to what a new campaign has.
Response replace_campaign(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  if (!id) return problem(id.error());
  CallCampaign campaign;
  JsonReader in{request.body};
  read_campaign(in, campaign);
  if (const auto error = in.done()) return problem(*error);
  return reply(app.campaigns.update(request.caller.user_id, *id,
                                    {.name = campaign.name,
                                     .description = campaign.description,
                                     .agent_id = campaign.agent_id,
                                     .next_action = campaign.next_action,
                                     .first_call_time = campaign.first_call_time,
                                     .last_call_time = campaign.last_call_time,
                                     .start_date = campaign.start_date,
                                     .end_date = std::optional{campaign.end_date},
                                     .rules = campaign.rules}));
}

Response change_campaign(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  if (!id) return problem(id.error());
  const auto campaign = app.campaigns.find_by_id(request.caller.user_id, *id);
  if (!campaign) return problem(campaign.error());
  CampaignUpdate update;
  JsonReader in{request.body};
  in.never_null({"name", "agent_id", "start_date", "first_call_time", "last_call_time", "rules"});
  if (in.is_null("description")) update.description.emplace();
  if (in.is_null("next_action")) update.next_action.emplace();
  in.optional("name", update.name);
  in.optional("description", update.description);
  in.optional("agent_id", update.agent_id);
  in.optional("next_action", update.next_action);
  in.optional("first_call_time", update.first_call_time);
  in.optional("last_call_time", update.last_call_time);
  in.optional("start_date", update.start_date);
  in.optional("end_date", update.end_date);
  // Rules that are not named stay.
  auto rules = campaign->rules;
  in.optional("rules", rules);
  if (rules != campaign->rules) update.rules = std::move(rules);
  if (const auto error = in.done()) return problem(*error);
  return reply(app.campaigns.update(request.caller.user_id, *id, update));
}

/// A campaign's own function of the service, on the one that the path names.
template <class Function>
auto on_campaign(App& app, Function function) {
  return [&app, function](Request& request) {
    const auto id = id_of<CampaignId>(request);
    if (!id) return problem(id.error());
    return reply((app.campaigns.*function)(request.caller.user_id, *id));
  };
}

/// The same, and something may start now.
template <class Function>
auto on_campaign_that_starts(App& app, Function function) {
  return [&app, act = on_campaign(app, function)](Request& request) {
    auto response = act(request);
    app.processor.notify();
    return response;
  };
}

Response explain_campaign(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  if (!id) return problem(id.error());
  const auto reasons = app.campaigns.explain(request.caller.user_id, *id);
  if (!reasons) return problem(reasons.error());
  return json("{\"reasons\":" + to_json(*reasons) + "}");
}

Response queue_of(App& app, Request& request) {
  const auto id = id_of<CampaignId>(request);
  const auto page = page_of(request);
  if (!id) return problem(id.error());
  if (!page) return problem(page.error());
  if (const auto found = app.campaigns.find_by_id(request.caller.user_id, *id); !found) {
    return problem(found.error());
  }
  const auto by_position = is_by_position(request);
  if (!by_position) return problem(by_position.error());
  if (*by_position) return list_upcoming(app, request, *id, *page);
  auto statuses = statuses_of<QueuedCallStatus>(request, parse_queued_call_status);
  if (!statuses) return problem(statuses.error());
  return reply(app.queue.list(request.caller.user_id,
                              {.campaign_id = *id, .contact_id = {}, .statuses = *statuses},
                              *page));
}

/// How many campaigns have each status, and what their rows add up to.
Response summary(App& app, Request& request) {
  nlohmann::ordered_json by_status;
  for (const auto status :
       {CampaignStatus::draft, CampaignStatus::scheduled, CampaignStatus::active,
        CampaignStatus::paused, CampaignStatus::completed, CampaignStatus::cancelled}) {
    by_status[std::string{to_text(status)}] = 0;
  }
  std::array<std::int64_t, 4> sums{};
  Page page{.limit = 1000, .cursor = {}};
  do {
    auto some = app.campaigns.find_by_user_id(request.caller.user_id, {}, page);
    if (!some) return problem(some.error());
    for (const auto& campaign : some->items) {
      auto& count = by_status[std::string{to_text(campaign.status)}];
      count = count.get<std::int64_t>() + 1;
      sums[0] += campaign.total_contacts;
      sums[1] += campaign.completed_calls;
      sums[2] += campaign.successful_calls;
      sums[3] += campaign.failed_calls;
    }
    page.cursor = std::move(some->next_cursor);
  } while (!page.cursor.empty());
  return json(nlohmann::ordered_json{
      {"campaigns", std::move(by_status)},
      {"total_contacts", sums[0]},
      {"completed_calls", sums[1]},
      {"successful_calls", sums[2]},
      {"failed_calls",
       sums[3]}}.dump());
}

/// A campaign for these contacts, at once: all of it or nothing.
Response bulk_call(App& app, Request& request) {
  const auto user_id = request.caller.user_id;
  CallCampaign campaign;
  campaign.user_id = user_id;
  std::vector<ContactId> contact_ids;
  bool start = false;
  JsonReader in{request.body};
  read_campaign(in, campaign);
  in.required("contact_ids", contact_ids);
  in.optional("start", start);
  if (const auto error = in.done()) return problem(*error);
  if (contact_ids.empty()) {
    return problem(422, "invalid_argument", "contact_ids must name somebody to call",
                   "contact_ids");
  }
  auto made = app.campaigns.create(campaign);
  if (!made) return problem(made.error());
  std::vector<QueueRequest> rows;
  for (const auto contact_id : contact_ids) {
    rows.push_back({.contact_id = contact_id, .campaign_id = made->id});
  }
  const auto queued = app.queue.create_bulk(user_id, rows);
  auto started = queued && start ? app.campaigns.start(user_id, made->id)
                                 : app.campaigns.find_by_id(user_id, made->id);
  if (!queued || !started) {
    const auto removed = app.campaigns.remove(user_id, made->id);
    static_cast<void>(removed);  // What went wrong first is what the caller wants to know.
    return problem(!queued ? queued.error() : started.error());
  }
  if (start) app.processor.notify();
  return created(started, "/api/campaigns/");
}

}  // namespace

void add_campaign_routes(Router& router, App& app) {
  const std::string one = "/api/campaigns/{id}";
  router.add({.method = "POST",
              .path = "/api/campaigns",
              .handler = once(app, bound(app, create_campaign))});
  router.add({.method = "GET", .path = "/api/campaigns", .handler = bound(app, list_campaigns)});
  router.add({.method = "GET", .path = "/api/campaigns/summary", .handler = bound(app, summary)});
  router.add({.method = "POST",
              .path = "/api/campaigns/bulk-call",
              .handler = once(app, bound(app, bulk_call))});
  router.add({.method = "GET", .path = one, .handler = bound(app, find_campaign)});
  router.add({.method = "PUT", .path = one, .handler = bound(app, replace_campaign)});
  router.add({.method = "PATCH", .path = one, .handler = bound(app, change_campaign)});
  router.add({.method = "DELETE", .path = one, .handler = bound(app, delete_campaign)});
  router.add({.method = "POST",
              .path = one + "/start",
              .handler = on_campaign_that_starts(app, &CallCampaigns::start)});
  router.add({.method = "POST",
              .path = one + "/pause",
              .handler = on_campaign(app, &CallCampaigns::pause)});
  router.add({.method = "POST",
              .path = one + "/resume",
              .handler = on_campaign_that_starts(app, &CallCampaigns::resume)});
  router.add({.method = "POST",
              .path = one + "/cancel",
              .handler = on_campaign(app, &CallCampaigns::cancel)});
  router.add({.method = "GET",
              .path = one + "/statistics",
              .handler = on_campaign(app, &CallCampaigns::get_statistics)});
  router.add({.method = "GET",
              .path = one + "/analytics",
              .handler = on_campaign(app, &CallCampaigns::get_analytics)});
  router.add({.method = "GET",
              .path = one + "/forecast",
              .handler = on_campaign(app, &CallCampaigns::forecast)});
  router.add({.method = "GET", .path = one + "/explain", .handler = bound(app, explain_campaign)});
  router.add({.method = "GET", .path = one + "/queue", .handler = bound(app, queue_of)});
}

}  // namespace rest
