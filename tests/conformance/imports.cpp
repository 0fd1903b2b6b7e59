// Imports: staged out of sight, published at once, or taken back.
#include <set>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

std::vector<ImportRow> import_rows(int count, int from = 0) {
  std::vector<ImportRow> rows;
  for (int i = from; i < from + count; ++i) {
    ImportRow row;
    row.line = i + 2;
    row.phone_number = "+4930" + std::to_string(1'000'000 + i);
    row.name = "Person " + std::to_string(i);
    row.user_data = R"({"line":)" + std::to_string(i + 2) + "}";
    row.priority = 100;
    rows.push_back(row);
  }
  return rows;
}

/// An import in progress into a user's last campaign.
struct Import {
  World& world;
  UserId user_id;
  ImportId id;

  Import(World& where, const TestUser& user, bool again = false, bool atomic = false)
      : world(where),
        user_id(user.id),
        id(must(where.store().begin_import({.user_id = user.id,
                                            .campaign_id = user.campaign,
                                            .again = again,
                                            .atomic = atomic}))) {}
  std::vector<ImportOutcome> stage(const std::vector<ImportRow>& rows) const {
    std::vector<ImportOutcome> outcomes;
    for (const auto& row : must(world.store().stage_import(user_id, id, rows))) {
      outcomes.push_back(row.outcome);
    }
    return outcomes;
  }
  void publish() const { must(world.store().publish_import(user_id, id)); }
  void abandon() const { must(world.store().abandon_import(user_id, id)); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(imports)

BOOST_AUTO_TEST_CASE_TEMPLATE(staged_rows_are_not_claimed_until_they_are_published, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9}).with_queued(1);
  const Import import{backend, ann};
  const auto outcomes = import.stage(import_rows(3));
  BOOST_TEST((outcomes == std::vector<ImportOutcome>(3, ImportOutcome::imported)));
  BOOST_TEST(backend.claim().size() == 1U);
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(must(backend.store().campaign_facts(ann.id, ann.campaign)).import_running);

  import.publish();

  BOOST_TEST(backend.claim().size() == 3U);
  BOOST_TEST(ann.find().total_contacts == 4);
  BOOST_TEST(!must(backend.store().campaign_facts(ann.id, ann.campaign)).import_running);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(imported_rows_keep_the_order_of_the_file, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  ann.draft();
  const Import import{backend, ann};
  import.stage(import_rows(3));
  import.stage(import_rows(3, 3));
  auto urgent = import_rows(1, 6);
  urgent[0].priority = 500;
  urgent[0].timezone = "Asia/Tokyo";
  import.stage(urgent);
  import.publish();
  ann.start(ann.campaign);

  std::vector<std::string> names;
  for (const auto& call : backend.claim()) names.push_back(call.queued.contact_name);

  const std::vector<std::string> expected{"Person 6", "Person 0", "Person 1", "Person 2",
                                          "Person 3", "Person 4", "Person 5"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_imported_row_carries_what_the_file_said, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const Import import{backend, ann};
  ImportRow row;
  row.line = 2;
  row.phone_number = "+390612345678";
  row.name = "Niccolò, \"il conte\"";
  row.email = "n@example.it";
  row.company = "Conti & figli";
  row.notes = "a\nb";
  row.timezone = "Europe/Rome";
  row.user_data = R"({"vip":"yes"})";
  row.priority = 142;
  import.stage({row});
  import.publish();

  const auto contact = must(backend.store().find_contact_by_phone(ann.id, row.phone_number));
  BOOST_TEST(contact.name == row.name);
  BOOST_TEST(contact.email == row.email);
  BOOST_TEST(contact.company == row.company);
  BOOST_TEST(contact.notes == row.notes);
  BOOST_TEST(contact.timezone == row.timezone);
  const auto rows = ann.all_rows();
  BOOST_REQUIRE(rows.size() == 1U);
  BOOST_TEST((rows[0].contact_id == contact.id));
  BOOST_TEST(rows[0].contact_name == row.name);
  BOOST_TEST(without_spaces(rows[0].user_data) == row.user_data);
  BOOST_TEST(rows[0].priority == 142);
  BOOST_TEST(rows[0].timezone == "Europe/Rome");
  BOOST_TEST((rows[0].agent_id == ann.agent));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(duplicates_and_known_contacts_are_told_apart, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  const auto known = ann.contact({.name = "Old Name", .phone_number = "+49301000001"});
  const Import import{backend, ann};
  auto rows = import_rows(3);
  rows[2].phone_number = rows[0].phone_number;
  ImportRow there;
  there.line = 9;
  there.phone_number = ann.row(0).phone_number;
  rows.push_back(there);

  const auto outcomes = import.stage(rows);
  const std::vector expected{ImportOutcome::imported, ImportOutcome::matched,
                             ImportOutcome::duplicate_in_file, ImportOutcome::already_in_campaign};
  BOOST_TEST((outcomes == expected));
  // Also when the first stood in an earlier batch.
  BOOST_TEST((import.stage({rows[0]}).at(0) == ImportOutcome::duplicate_in_file));
  import.publish();
  BOOST_TEST(ann.find().total_contacts == 3);
  BOOST_TEST((must(backend.store().find_contact(ann.id, known.id)) == known));
  const auto matched = ann.all_rows({.contact_id = known.id});
  BOOST_REQUIRE(matched.size() == 1U);
  BOOST_TEST(matched[0].contact_name == "Person 1");  // The file's name, for this call.
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_contact_that_was_called_already_is_queued_again_only_if_asked,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  ann.draft();
  {
    const Import first{backend, ann};
    first.stage(import_rows(2));
    first.publish();
  }
  ann.start(ann.campaign);
  const auto claimed = backend.claim(1).at(0);
  backend.end(claimed);
  const auto done_first = claimed.queued.contact_name == "Person 0";
  BOOST_REQUIRE(done_first);
  {
    const Import second{backend, ann};
    const auto outcomes = second.stage(import_rows(2));
    BOOST_TEST((outcomes == std::vector<ImportOutcome>(2, ImportOutcome::already_in_campaign)));
    second.publish();
  }
  {
    const Import again{backend, ann, true};
    const auto outcomes = again.stage(import_rows(2));
    const std::vector expected{ImportOutcome::matched, ImportOutcome::already_in_campaign};
    BOOST_TEST((outcomes == expected));
    again.publish();
  }
  BOOST_TEST(ann.find().total_contacts == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_running_import_holds_its_campaign_open, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  const Import import{backend, ann};
  backend.end(backend.claim_one());
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  import.stage(import_rows(1));
  import.publish();
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  backend.end(backend.claim_one());
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_import_of_nothing_lets_its_campaign_complete, Backend,
                              AllBackends) {
  Backend backend;
  auto published = backend.user().with_queued(1);
  auto abandoned = backend.user().with_queued(1);
  const Import one{backend, published};
  const Import two{backend, abandoned};
  two.stage(import_rows(3));
  for (const auto& claimed : backend.claim()) backend.end(claimed);
  BOOST_TEST(published.find().status == CampaignStatus::active);
  one.publish();
  BOOST_TEST(published.find().status == CampaignStatus::completed);
  two.abandon();
  backend.advance();
  BOOST_TEST(abandoned.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_final_campaign_takes_no_import, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  backend.end(backend.claim_one());
  BOOST_TEST(
      fails_with(backend.store().begin_import({.user_id = ann.id, .campaign_id = ann.campaign}),
                 ErrorCode::conflict, "campaign_id"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_takes_one_import_at_a_time, Backend, AllBackends) {
  // What one has staged the other would skip: lost if the first is taken back.
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  auto bob = backend.user({.concurrent_calls_limit = 9});
  ann.draft();
  bob.draft();
  const Import first{backend, ann};
  first.stage(import_rows(1));
  backend.pass(29s);
  BOOST_TEST(
      fails_with(backend.store().begin_import({.user_id = ann.id, .campaign_id = ann.campaign}),
                 ErrorCode::conflict, "campaign_id"));
  const Import elsewhere{backend, bob};
  first.stage(import_rows(1, 1));
  first.publish();
  elsewhere.publish();
  const Import second{backend, ann};
  second.stage(import_rows(1, 2));
  second.publish();
  BOOST_TEST(ann.find().total_contacts == 3);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_import_that_broke_off_loses_nothing_for_the_next_one, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  ann.draft();
  const Import broken{backend, ann};
  broken.stage(import_rows(300));
  backend.pass(31s);

  const Import next{backend, ann};
  BOOST_TEST(!backend.store().stage_import(ann.id, broken.id, import_rows(1, 300)).has_value());
  BOOST_TEST(!backend.store().publish_import(ann.id, broken.id).has_value());
  const auto outcomes = next.stage(import_rows(300));
  BOOST_TEST((outcomes == std::vector<ImportOutcome>(300, ImportOutcome::matched)));
  next.publish();

  backend.pass(15min);
  backend.advance();
  BOOST_TEST(ann.find().total_contacts == 300);
  BOOST_TEST(must(backend.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_next_import_holds_the_campaign_of_one_that_broke_off_open,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  const Import broken{backend, ann};
  backend.end(backend.claim_one());
  backend.pass(31s);
  const Import next{backend, ann};
  next.stage(import_rows(1));
  next.publish();
  BOOST_TEST(ann.find().status == CampaignStatus::active);
  backend.end(backend.claim_one());
  BOOST_TEST(ann.find().status == CampaignStatus::completed);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(contacts_can_be_imported_alone, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto known = ann.contact({.name = "Old Name", .phone_number = "+49301000001"});
  const auto id = must(backend.store().begin_import({.user_id = ann.id}));
  auto rows = import_rows(3);
  rows.push_back(rows[0]);
  rows.push_back(rows[1]);
  std::vector<ImportOutcome> outcomes;
  for (const auto& row : must(backend.store().stage_import(ann.id, id, rows))) {
    outcomes.push_back(row.outcome);
  }
  const std::vector expected{ImportOutcome::imported, ImportOutcome::matched,
                             ImportOutcome::imported, ImportOutcome::duplicate_in_file,
                             ImportOutcome::duplicate_in_file};
  BOOST_TEST((outcomes == expected));
  must(backend.store().publish_import(ann.id, id));

  BOOST_TEST(ann.all_rows().empty());
  BOOST_TEST(must(backend.store().list_contacts(ann.id, {}, {.limit = 100})).items.size() == 3U);
  BOOST_TEST((must(backend.store().find_contact(ann.id, known.id)) == known));
  BOOST_TEST(!backend.store().publish_import(ann.id, id).has_value());
  BOOST_TEST(must(backend.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_atomic_import_of_contacts_alone_can_be_taken_back, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const auto known = ann.contact({.phone_number = "+49301000001"});
  const auto id = must(backend.store().begin_import({.user_id = ann.id, .atomic = true}));
  must(backend.store().stage_import(ann.id, id, import_rows(300)));
  must(backend.store().abandon_import(ann.id, id));
  const auto left = must(backend.store().list_contacts(ann.id, {}, {.limit = 100})).items;
  BOOST_REQUIRE(left.size() == 1U);
  BOOST_TEST((left[0] == known));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_published_atomic_import_keeps_its_contacts, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const Import import{backend, ann, false, true};
  import.stage(import_rows(300));
  import.publish();
  backend.pass(15min);
  backend.advance();
  BOOST_TEST(ann.find().total_contacts == 300);
  BOOST_TEST(must(backend.store().list_contacts(ann.id, {}, {.limit = 1000})).items.size() == 300U);
  BOOST_TEST(must(backend.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_is_not_deleted_while_an_import_runs, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const Import import{backend, ann};
  import.stage(import_rows(2));
  BOOST_TEST(
      fails_with(backend.store().delete_campaign(ann.id, ann.campaign), ErrorCode::conflict));
  import.publish();
  must(backend.store().delete_campaign(ann.id, ann.campaign));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_abandoned_import_leaves_no_rows, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  const Import import{backend, ann};
  import.stage(import_rows(50));
  import.abandon();
  backend.advance();
  BOOST_TEST(ann.all_rows().size() == 1U);
  BOOST_TEST(ann.find().total_contacts == 1);
  // Its contacts stay: it did not promise to take them back.
  BOOST_TEST(must(backend.store().list_contacts(ann.id, {}, {.limit = 100})).items.size() == 51U);
  BOOST_TEST(!must(backend.store().campaign_facts(ann.id, ann.campaign)).import_running);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_abandoned_atomic_import_takes_its_contacts_back, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const auto known = ann.contact({.phone_number = "+49301000001"});
  const Import import{backend, ann, false, true};
  import.stage(import_rows(50));
  import.abandon();
  backend.advance();
  BOOST_TEST(ann.all_rows().empty());
  const auto left = must(backend.store().list_contacts(ann.id, {}, {.limit = 100})).items;
  BOOST_REQUIRE(left.size() == 1U);
  BOOST_TEST((left[0] == known));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_import_that_went_silent_is_abandoned, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const Import import{backend, ann, false, true};
  import.stage(import_rows(5));
  backend.pass(9min);
  import.stage(import_rows(5, 5));  // A sign of life.
  backend.pass(9min);
  backend.advance();
  BOOST_TEST(must(backend.store().campaign_facts(ann.id, ann.campaign)).import_running);
  backend.pass(2min);
  backend.advance();
  BOOST_TEST(!must(backend.store().campaign_facts(ann.id, ann.campaign)).import_running);
  BOOST_TEST(ann.all_rows().empty());
  BOOST_TEST(!backend.store().publish_import(ann.id, import.id).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_campaign_that_a_silent_import_held_open_ends_with_it, Backend,
                              AllBackends) {
  for (const int budget : {1, 2, 3, 4, 5, 100}) {
    Backend backend;
    CampaignSpec spec{.first_call_time = 9h, .last_call_time = 18h};
    spec.end_date = date("2026-01-13");
    const auto ann = backend.user().with_queued(1, spec);
    const Import import{backend, ann};
    import.stage(import_rows(4));
    backend.pass_to(instant("2026-01-14T12:00:00Z"));
    while (must(backend.store().advance({.budget = budget})).more) {
    }
    BOOST_TEST(ann.find().status == CampaignStatus::completed, "budget " << budget);
    BOOST_TEST(ann.row(0).status == QueuedCallStatus::skipped, "budget " << budget);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_spread_list_is_distributed_over_its_window, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  CampaignSpec spec{.first_call_time = 9h, .last_call_time = 16h};
  spec.rules.spread = true;
  ann.draft(spec);
  const Import import{backend, ann};
  import.stage(import_rows(8));
  import.publish();
  ann.start(ann.campaign);

  const auto rows = ann.all_rows();
  BOOST_REQUIRE(rows.size() == 8U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    BOOST_TEST((rows[i].scheduled_for == noon + i * 30min));
  }
  backend.end(backend.claim_one());
  backend.pass(1h);
  BOOST_TEST(backend.claim().size() == 2U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(imported_rows_follow_each_contacts_clock, Backend, AllBackends) {
  Backend backend{{.clock = at(instant("2026-01-12T01:00:00Z"))}};
  auto ann = backend.user({.concurrent_calls_limit = 9});
  ann.draft({.first_call_time = 9h, .last_call_time = 18h});
  ann.start(ann.campaign);
  const Import import{backend, ann};
  auto rows = import_rows(4);
  rows[1].timezone = rows[3].timezone = "Asia/Tokyo";
  import.stage(rows);
  import.publish();
  std::multiset<std::string> names;
  for (const auto& call : backend.claim()) names.insert(call.queued.contact_name);
  const std::multiset<std::string> expected{"Person 1", "Person 3"};
  BOOST_TEST((names == expected));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cancelling_a_campaign_cancels_what_an_import_brings, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1);
  const Import import{backend, ann};
  import.stage(import_rows(5));
  must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled));
  const auto published = backend.store().publish_import(ann.id, import.id);
  if (!published) import.abandon();
  backend.advance();
  BOOST_TEST(backend.claim().empty());
  BOOST_TEST(ann.statistics().queued == 0);
  BOOST_TEST(ann.find().completed_at.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
