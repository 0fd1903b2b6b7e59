#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "bindings/c/values.hpp"
#include "callqueue/json.hpp"

namespace callqueue::c {
namespace {

/// The names of a campaign, as every function takes them.
struct CampaignName {
  UserId user_id;
  CampaignId id;

  CampaignName(const char* user, const char* campaign)
      : user_id(c::id<UserId>(user, "user_id")), id(c::id<CampaignId>(campaign, "campaign_id")) {}
};

using Move = Result<CallCampaign> (CallCampaigns::*)(UserId, CampaignId);

cq_status move(cq_store* store, const char* user_id, const char* campaign_id, cq_campaign** changed,
               cq_error** error, Move how) {
  return does(changed, error, [&] {
    const CampaignName name{user_id, campaign_id};
    return value((campaigns(store).*how)(name.user_id, name.id));
  });
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

void cq_campaign_free(cq_campaign** campaign) { c::free_owned(campaign); }
void cq_campaign_list_free(cq_campaign_list** campaigns) { c::free_owned(campaigns); }

cq_status cq_campaigns_create(cq_store* store, const cq_campaign* campaign, cq_campaign** created,
                              cq_error** error) {
  return c::does(created, error, [&] {
    const auto wanted = c::value_of(c::needed(campaign, "campaign"));
    return c::value(c::campaigns(store).create(wanted));
  });
}

cq_status cq_campaigns_find_by_id(cq_store* store, const char* user_id, const char* campaign_id,
                                  cq_campaign** campaign, cq_error** error) {
  return c::finds(campaign, "campaign", error, [&] {
    const c::CampaignName name{user_id, campaign_id};
    return c::value(c::campaigns(store).find_by_id(name.user_id, name.id));
  });
}

cq_status cq_campaigns_find_by_user_id(cq_store* store, const char* user_id,
                                       const cq_campaign_filter* filter, const cq_page* page,
                                       cq_campaign_list** campaigns, cq_error** error) {
  return c::finds(campaigns, "campaigns", error, [&] {
    return c::value(c::campaigns(store).find_by_user_id(
        c::id<UserId>(user_id, "user_id"), c::value_of(c::or_defaults(filter)), c::page(page)));
  });
}

cq_status cq_campaigns_update(cq_store* store, const char* user_id, const char* campaign_id,
                              const cq_campaign_update* update, cq_campaign** changed,
                              cq_error** error) {
  return c::does(changed, error, [&] {
    const c::CampaignName name{user_id, campaign_id};
    const auto wanted = c::value_of(c::needed(update, "update"));
    return c::value(c::campaigns(store).update(name.user_id, name.id, wanted));
  });
}

cq_status cq_campaigns_remove(cq_store* store, const char* user_id, const char* campaign_id,
                              cq_error** error) {
  return c::guard(error, [&] {
    const c::CampaignName name{user_id, campaign_id};
    c::value(c::campaigns(store).remove(name.user_id, name.id));
  });
}

cq_status cq_campaigns_start(cq_store* store, const char* user_id, const char* campaign_id,
                             cq_campaign** changed, cq_error** error) {
  return c::move(store, user_id, campaign_id, changed, error, &CallCampaigns::start);
}

cq_status cq_campaigns_pause(cq_store* store, const char* user_id, const char* campaign_id,
                             cq_campaign** changed, cq_error** error) {
  return c::move(store, user_id, campaign_id, changed, error, &CallCampaigns::pause);
}

cq_status cq_campaigns_resume(cq_store* store, const char* user_id, const char* campaign_id,
                              cq_campaign** changed, cq_error** error) {
  return c::move(store, user_id, campaign_id, changed, error, &CallCampaigns::resume);
}

cq_status cq_campaigns_unschedule(cq_store* store, const char* user_id, const char* campaign_id,
                                  cq_campaign** changed, cq_error** error) {
  return c::move(store, user_id, campaign_id, changed, error, &CallCampaigns::unschedule);
}

cq_status cq_campaigns_cancel(cq_store* store, const char* user_id, const char* campaign_id,
                              cq_campaign** changed, cq_error** error) {
  return c::move(store, user_id, campaign_id, changed, error, &CallCampaigns::cancel);
}

cq_status cq_campaigns_get_statistics(cq_store* store, const char* user_id, const char* campaign_id,
                                      cq_campaign_statistics* statistics, cq_error** error) {
  return c::fills(statistics, "statistics", error, [&] {
    const c::CampaignName name{user_id, campaign_id};
    return c::value(c::campaigns(store).get_statistics(name.user_id, name.id));
  });
}

cq_status cq_campaigns_get_analytics(cq_store* store, const char* user_id, const char* campaign_id,
                                     char** analytics, cq_error** error) {
  return c::tells(analytics, "analytics", error, [&] {
    const c::CampaignName name{user_id, campaign_id};
    return to_json(c::value(c::campaigns(store).get_analytics(name.user_id, name.id)));
  });
}

cq_status cq_campaigns_explain(cq_store* store, const char* user_id, const char* campaign_id,
                               char** reasons, cq_error** error) {
  return c::tells(reasons, "reasons", error, [&] {
    const c::CampaignName name{user_id, campaign_id};
    return to_json(c::value(c::campaigns(store).explain(name.user_id, name.id)));
  });
}

cq_status cq_campaigns_forecast(cq_store* store, const char* user_id, const char* campaign_id,
                                char** forecast, cq_error** error) {
  return c::tells(forecast, "forecast", error, [&] {
    const c::CampaignName name{user_id, campaign_id};
    return to_json(c::value(c::campaigns(store).forecast(name.user_id, name.id)));
  });
}

cq_status cq_campaigns_preview(cq_store* store, const cq_campaign* campaign,
                               const cq_campaign_assumptions* assumptions, char** outlook,
                               cq_error** error) {
  return c::tells(outlook, "outlook", error, [&] {
    const auto wanted = c::value_of(c::needed(campaign, "campaign"));
    return to_json(
        c::value(c::campaigns(store).preview(wanted, c::value_of(c::or_defaults(assumptions)))));
  });
}
