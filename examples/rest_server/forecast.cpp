#include "api.hpp"

namespace rest {
namespace {

using namespace callqueue;

/// What rules come to before anything is saved. Name and agent may be there, as in a form that is
/// half filled in, and say nothing.
Response preview(App& app, Request& request) {
  CallCampaign campaign;
  campaign.user_id = request.caller.user_id;
  CampaignAssumptions assumptions;
  int contacts = 0;
  JsonReader in{request.body};
  in.optional("name", campaign.name);
  in.optional("agent_id", campaign.agent_id);
  read_plan(in, campaign);
  in.optional("contacts", contacts);
  in.seconds("call_duration_seconds", assumptions.call_duration);
  in.optional("concurrent_calls_limit", assumptions.concurrent_calls_limit);
  if (const auto error = in.done()) return problem(*error);
  assumptions.contacts = contacts;
  return reply(app.campaigns.preview(campaign, assumptions));
}

}  // namespace

void add_forecast_routes(Router& router, App& app) {
  router.add({.method = "POST", .path = "/api/campaigns/forecast", .handler = bound(app, preview)});
}

}  // namespace rest
