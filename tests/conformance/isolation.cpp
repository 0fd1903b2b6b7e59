// What belongs to one user is out of another's reach.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(isolation)

BOOST_AUTO_TEST_CASE_TEMPLATE(another_users_row_is_not_found, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  const auto bob = backend.user();
  const auto claimed = backend.claim_one();
  const auto row = ann.rows[1];
  const auto contact = ann.row(1).contact_id;
  const CallRef call{bob.id, claimed.call.id};
  auto& store = backend.store();
  const auto hidden = [](const auto& result) { return fails_with(result, ErrorCode::not_found); };

  BOOST_TEST(hidden(store.find_agent(bob.id, ann.agent)));
  BOOST_TEST(hidden(store.find_contact(bob.id, contact)));
  BOOST_TEST(hidden(store.find_contact_by_phone(bob.id, ann.row(1).phone_number)));
  auto stolen = must(store.find_contact(ann.id, contact));
  stolen.user_id = bob.id;
  BOOST_TEST(hidden(store.update_contact(stolen)));
  BOOST_TEST(hidden(store.delete_contact(bob.id, contact)));
  BOOST_TEST(hidden(store.find_campaign(bob.id, ann.campaign)));
  auto campaign = ann.find();
  campaign.user_id = bob.id;
  BOOST_TEST(hidden(store.update_campaign(campaign)));
  BOOST_TEST(hidden(store.set_campaign_status(bob.id, ann.campaign, CampaignStatus::active,
                                              CampaignStatus::paused)));
  BOOST_TEST(hidden(store.delete_campaign(bob.id, ann.campaign)));
  BOOST_TEST(hidden(store.campaign_statistics(bob.id, ann.campaign)));
  BOOST_TEST(hidden(store.campaign_analytics(bob.id, ann.campaign)));
  BOOST_TEST(hidden(store.campaign_facts(bob.id, ann.campaign)));
  BOOST_TEST(hidden(store.find_queued_call(bob.id, row)));
  BOOST_TEST(hidden(store.cancel_queued_call(bob.id, row, "")));
  BOOST_TEST(hidden(store.cancel_queued_calls_of_contact(bob.id, contact)));
  BOOST_TEST(hidden(store.rows_ahead(bob.id, row)));
  BOOST_TEST(hidden(store.claim({.only = row, .only_user = bob.id})));
  BOOST_TEST(hidden(store.find_call(bob.id, claimed.call.id)));
  BOOST_TEST(hidden(store.renew_lease(call, "worker", 10s)));
  BOOST_TEST(hidden(store.accept_call(call, "p")));
  BOOST_TEST(hidden(store.requeue_call(call, "")));
  BOOST_TEST(must(store.begin_dial({&call, 1}, "worker")).empty());
  BOOST_TEST(hidden(store.begin_import({.user_id = bob.id, .campaign_id = ann.campaign})));

  BOOST_TEST(bob.all_rows().empty());
  BOOST_TEST(bob.all_calls().empty());
  BOOST_TEST(must(store.list_campaigns(bob.id, {}, {})).items.empty());
  BOOST_TEST(must(store.list_contacts(bob.id, {}, {})).items.empty());
  BOOST_TEST((ann.call(claimed.call.id) == claimed.call));
  BOOST_TEST(ann.row(1).status == QueuedCallStatus::queued);
  BOOST_TEST(ann.find().status == CampaignStatus::active);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(no_row_is_written_that_points_at_another_users, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  auto bob = backend.user().with_queued(1);
  auto& store = backend.store();
  const auto anns_contact = ann.row(0).contact_id;
  const auto bobs_contact = bob.row(0).contact_id;
  const auto refused = [&](const auto& result, std::string_view field) {
    return fails_with(result, ErrorCode::not_found, field);
  };
  const auto add = [&](const NewQueuedCall& call) {
    return store.add_queued_calls(bob.id, {&call, 1});
  };

  auto campaign = bob.find();
  campaign.agent_id = ann.agent;
  BOOST_TEST(refused(store.update_campaign(campaign), "agent_id"));
  campaign.id = CampaignId{};
  BOOST_TEST(refused(store.create_campaign(campaign), "agent_id"));
  BOOST_TEST(refused(add({.contact_id = anns_contact, .campaign_id = bob.campaign}), "contact_id"));
  BOOST_TEST(
      refused(add({.contact_id = bobs_contact, .campaign_id = ann.campaign}), "campaign_id"));
  BOOST_TEST(
      refused(add({.contact_id = bobs_contact, .campaign_id = bob.campaign, .agent_id = ann.agent}),
              "agent_id"));
  BOOST_TEST(refused(add({.contact_id = bobs_contact, .agent_id = ann.agent}), "agent_id"));

  BOOST_TEST(bob.all_rows().size() == 1U);
  BOOST_TEST(bob.find().agent_id == bob.agent);
  BOOST_TEST(must(store.list_campaigns(bob.id, {}, {})).items.size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_import_meets_its_own_users_contacts_only, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  auto bob = backend.user().with_queued(1);
  auto& store = backend.store();
  const ImportRow row{.phone_number = ann.row(0).phone_number, .name = "Bob's"};

  const auto import = must(store.begin_import({.user_id = bob.id, .campaign_id = bob.campaign}));
  const auto staged = must(store.stage_import(bob.id, import, {&row, 1}));
  must(store.publish_import(bob.id, import));

  BOOST_TEST((staged.at(0).outcome == ImportOutcome::imported));
  const auto contact = must(store.find_contact_by_phone(bob.id, row.phone_number));
  BOOST_TEST(contact.id != ann.row(0).contact_id);
  BOOST_TEST(must(store.find_contact(ann.id, ann.row(0).contact_id)).name == "Ada");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(another_users_import_cannot_be_taken_part_in, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  auto bob = backend.user().with_queued(1);
  auto& store = backend.store();
  const ImportRow row{.phone_number = "+4930123456"};
  const auto import = must(store.begin_import({.user_id = bob.id, .campaign_id = bob.campaign}));
  must(store.stage_import(bob.id, import, {&row, 1}));

  const auto refused = [](const auto& result) {
    return fails_with(result, ErrorCode::not_found, "import_id");
  };
  BOOST_TEST(refused(store.stage_import(ann.id, import, {&row, 1})));
  BOOST_TEST(refused(store.publish_import(ann.id, import)));
  BOOST_TEST(refused(store.abandon_import(ann.id, import)));
  must(store.publish_import(bob.id, import));
  BOOST_TEST(bob.all_rows().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_event_for_another_users_call_changes_nothing, Backend,
                              AllBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(1);
  const auto bob = backend.user().with_queued(1);
  auto& store = backend.store();
  const auto claimed = backend.claim();
  const auto anns = claimed.at(claimed[0].call.user_id == ann.id ? 0 : 1).call;
  auto event = event_for(anns, CallOutcome::busy);
  event.user_id = bob.id;

  BOOST_TEST(fails_with(must(store.report_events({&event, 1})).at(0), ErrorCode::not_found));
  const auto both = must(store.finish_and_claim({&event, 1}, {}));
  BOOST_TEST(fails_with(both.reports.at(0), ErrorCode::not_found));
  BOOST_TEST((ann.call(anns.id) == anns));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(lists_and_counts_hold_nothing_of_another_user, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(2);
  const auto bob = backend.user();
  auto& store = backend.store();
  const auto claimed = backend.claim(1).at(0);
  backend.dial(claimed, "provider's");
  const auto contact = ann.row(1).contact_id;

  BOOST_TEST(bob.all_rows({.campaign_id = ann.campaign}).empty());
  BOOST_TEST(bob.all_rows({.contact_id = contact}).empty());
  BOOST_TEST(bob.all_calls({.campaign_id = ann.campaign}).empty());
  BOOST_TEST(bob.all_calls({.queue_id = claimed.queued.id}).empty());
  BOOST_TEST(bob.all_calls({.provider_call_id = "provider's"}).empty());
  BOOST_TEST(must(store.list_campaigns(bob.id, {.agent_id = ann.agent}, {})).items.empty());
  BOOST_TEST(must(store.list_contacts(bob.id, {.search = "Ada"}, {})).items.empty());
  BOOST_TEST(must(store.list_agents(bob.id, {})).items.size() == 1U);
  BOOST_TEST(must(store.queue_statistics(bob.id)).queued == 0);
  BOOST_TEST(!must(store.next_queued_call(bob.id)));
  BOOST_TEST(bob.active() == 0);

  BOOST_TEST(ann.all_rows({.contact_id = contact}).size() == 1U);
  BOOST_TEST(ann.all_calls({.provider_call_id = "provider's"}).size() == 1U);
  BOOST_TEST(must(store.list_contacts(ann.id, {.search = "Ada"}, {})).items.size() == 2U);
  BOOST_TEST(must(store.next_queued_call(ann.id)).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_unknown_user_is_not_found, Backend, AllBackends) {
  Backend backend;
  const auto nobody = UserId{must(parse_uuid("0190b0a5-3c00-7abc-8def-0123456789ab"))};
  auto& store = backend.store();
  BOOST_TEST(fails_with(store.find_user(nobody), ErrorCode::not_found));
  BOOST_TEST(fails_with(store.set_user_limits(nobody, 1, std::nullopt), ErrorCode::not_found));
  BOOST_TEST(
      fails_with(store.create_agent({.user_id = nobody, .name = "x"}), ErrorCode::not_found));
  BOOST_TEST(fails_with(store.create_contact({.user_id = nobody, .phone_number = "+4930123456"}),
                        ErrorCode::not_found));
  BOOST_TEST(fails_with(store.reserve_slot(nobody, "+4930123456", 1min), ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_taken_id_or_email_is_a_conflict, Backend, AllBackends) {
  Backend backend;
  auto& store = backend.store();
  const auto first = must(store.create_user({.name = "a", .email = "a@example.org"}));
  BOOST_TEST(fails_with(store.create_user({.name = "b", .email = "a@example.org"}),
                        ErrorCode::conflict, "email"));
  BOOST_TEST(
      fails_with(store.create_user({.id = first.id, .name = "c"}), ErrorCode::conflict, "id"));
  must(store.create_user({.name = "d"}));
  must(store.create_user({.name = "e"}));  // No e-mail is nobody's e-mail.
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_database_refuses_a_reference_to_another_users_row, Backend,
                              SharedBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  auto bob = backend.user().with_queued(1);
  const auto mine = to_text(ann.rows[0]);
  BOOST_TEST(backend.refuses("UPDATE call_queue SET contact_id = {} WHERE id = {}",
                             {to_text(bob.row(0).contact_id), mine}));
  BOOST_TEST(backend.refuses("UPDATE call_queue SET campaign_id = {} WHERE id = {}",
                             {to_text(bob.campaign), mine}));
  BOOST_TEST(backend.refuses("UPDATE call_queue SET agent_id = {} WHERE id = {}",
                             {to_text(bob.agent), mine}));
  BOOST_TEST(backend.refuses("UPDATE call_campaigns SET agent_id = {} WHERE id = {}",
                             {to_text(bob.agent), to_text(ann.campaign)}));
  const auto claimed = backend.claim(1).at(0);
  BOOST_TEST(backend.refuses(
      "UPDATE calls SET user_id = {} WHERE id = {}",
      {to_text(claimed.call.user_id == ann.id ? bob.id : ann.id), to_text(claimed.call.id)}));
}

BOOST_AUTO_TEST_SUITE_END()
