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
