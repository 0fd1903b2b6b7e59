#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>

#include "sqlite/session.hpp"
#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// All items of a list, three at a time; none twice.
template <class Id, class List>
std::vector<Id> all_of(
    List&& list, std::function<void()> between = [] {}) {
  std::vector<Id> ids;
  std::set<Id> seen;
  Page page{.limit = 3, .cursor = ""};
  do {
    const auto next = must(list(page));
    BOOST_TEST(next.items.size() <= 3u);
    for (const auto& item : next.items) {
      BOOST_TEST(seen.insert(item.id).second, "an item came twice");
      ids.push_back(item.id);
    }
    page.cursor = next.next_cursor;
    between();
  } while (!page.cursor.empty());
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_lists)

BOOST_AUTO_TEST_CASE(pages_neither_repeat_nor_skip_rows_that_stay) {
  World world;
  std::vector<UserId> users;
  for (int i = 0; i < 10; ++i) users.push_back(world.user());
  const auto ann = users.front();
  std::vector<AgentId> agents;
  std::vector<ContactId> contacts;
  std::vector<CampaignId> campaigns;
  for (int i = 0; i < 10; ++i) {
    contacts.push_back(world.contact(ann));
    if (i % 2 == 0) world.clock().advance(1s);  // Some are created at the same instant.
    campaigns.push_back(world.campaign(ann));
    agents.push_back(must(world.store().find_campaign(ann, campaigns.back())).agent_id);
  }
  auto& store = world.store();
  BOOST_TEST(all_of<UserId>([&](const Page& page) { return store.list_users(page); }) == users,
             boost::test_tools::per_element());
  BOOST_TEST(
      all_of<AgentId>([&](const Page& page) { return store.list_agents(ann, page); }) == agents,
      boost::test_tools::per_element());
  BOOST_TEST(all_of<ContactId>(
                 [&](const Page& page) { return store.list_contacts(ann, {}, page); }) == contacts,
             boost::test_tools::per_element());
  const std::vector<CampaignId> newest_first(campaigns.rbegin(), campaigns.rend());
  BOOST_TEST(all_of<CampaignId>([&](const Page& page) {
               return store.list_campaigns(ann, {}, page);
             }) == newest_first,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(queued_calls_come_in_the_order_of_creation_whatever_their_status) {
  World world;
  const auto ann = world.user(100);
  const auto first = world.active_campaign(ann, 0);
  const auto second = world.active_campaign(ann, 0);
  std::vector<QueuedCallId> of_user;
  std::vector<QueuedCallId> of_first;
  for (int i = 0; i < 20; ++i) {
    const auto row = world.queue(ann, i % 3 == 0 ? second : first);
    of_user.push_back(row.id);
    if (i % 3 != 0) of_first.push_back(row.id);
  }
  world.advance();
  for (const auto& call : world.claim(6)) world.finish(call, CallStatus::completed);
  for (const auto& call : world.claim(3)) world.finish(call, CallStatus::busy);
  BOOST_TEST(world.claim(2).size() == 2u);
  must(world.store().cancel_queued_call(ann, of_user.back(), "x"));

  auto& store = world.store();
  BOOST_TEST(all_of<QueuedCallId>([&](const Page& page) {
               return store.list_queued_calls(ann, {}, page);
             }) == of_user,
             boost::test_tools::per_element());
  BOOST_TEST(all_of<QueuedCallId>([&](const Page& page) {
               return store.list_queued_calls(ann, {.campaign_id = first}, page);
             }) == of_first,
             boost::test_tools::per_element());
  const auto count = [&](QueuedCallStatus status) {
    return all_of<QueuedCallId>([&](const Page& page) {
             return store.list_queued_calls(ann, {.statuses = {status}}, page);
           })
        .size();
  };
  BOOST_TEST(count(QueuedCallStatus::completed) == 6u);
  BOOST_TEST(count(QueuedCallStatus::failed) == 3u);
  BOOST_TEST(count(QueuedCallStatus::processing) == 2u);
  BOOST_TEST(count(QueuedCallStatus::cancelled) == 1u);
  BOOST_TEST(count(QueuedCallStatus::queued) == 8u);
  const auto statistics = must(store.queue_statistics(ann));
  BOOST_TEST(statistics.completed == 6);
  BOOST_TEST(statistics.queued == 8);
}

BOOST_AUTO_TEST_CASE(a_list_of_calls_reads_what_it_shows) {
  World world;
  const auto plan = [&](const char* list) {
    std::string steps;
    for (const auto& step : world.sql().rows("EXPLAIN QUERY PLAN " + std::string{list})) {
      steps += step.substr(step.rfind('|') + 1) + '\n';
    }
    return steps;
  };
  const auto& statements = sqlite::sqlite_statements();
  for (const auto& [lists, behind] : {std::pair{&statements.calls_in_order, "id>?"},
                                      std::pair{&statements.calls_backwards, "id<?"}}) {
    const std::string place = behind;
    // No more steps: they come in this order.
    BOOST_TEST(plan(lists->of_user) ==
               "SEARCH c USING INDEX calls_id_user_id_unique (user_id=? AND " + place + ")\n");
    BOOST_TEST(plan(lists->of_campaign) ==
               "SEARCH c USING INDEX callqueue_calls_campaign (campaign_id=? AND " + place + ")\n");
    for (const auto& [list, index] :
         {std::pair{lists->of_queued_call, "callqueue_calls_queue"},
          std::pair{lists->of_provider_call, "callqueue_calls_provider"},
          std::pair{lists->of_active, "callqueue_calls_active"}}) {
      BOOST_TEST(plan(list).starts_with("SEARCH c USING INDEX " + std::string{index} + " ("));
    }
  }
}

BOOST_AUTO_TEST_CASE(rows_that_go_between_two_pages_disturb_nothing) {
  World world;
  const auto ann = world.user();
  std::vector<ContactId> contacts;
  for (int i = 0; i < 12; ++i) contacts.push_back(world.contact(ann));
  std::size_t gone = 0;
  const auto seen = all_of<ContactId>(
      [&](const Page& page) { return world.store().list_contacts(ann, {}, page); },
      [&] { must(world.store().delete_contact(ann, contacts.at(gone++))); });
  BOOST_TEST(seen == contacts, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_cursor_that_is_none_of_the_list_is_refused) {
  World world;
  const auto ann = world.user();
  auto& store = world.store();
  for (const auto* cursor : {"x", "1.", ".1", "-1", "1.2.3", "99999999999999999999",
                             "0190b0a5-3c00-7abc-8def-0123456789a", "' OR 1 = 1 --"}) {
    const Page page{.limit = 10, .cursor = cursor};
    BOOST_TEST(error_of(store.list_users(page)) == "invalid_argument cursor", cursor);
    BOOST_TEST(error_of(store.list_agents(ann, page)) == "invalid_argument cursor", cursor);
    BOOST_TEST(error_of(store.list_contacts(ann, {}, page)) == "invalid_argument cursor", cursor);
    BOOST_TEST(error_of(store.list_campaigns(ann, {}, page)) == "invalid_argument cursor", cursor);
    BOOST_TEST(error_of(store.list_queued_calls(ann, {}, page)) == "invalid_argument cursor",
               cursor);
    BOOST_TEST(error_of(store.list_calls(ann, {}, page)) == "invalid_argument cursor", cursor);
  }
  for (const int limit : {0, -1, 1001}) {
    BOOST_TEST(error_of(store.list_users({.limit = limit, .cursor = ""})) ==
               "invalid_argument limit");
  }
}

BOOST_AUTO_TEST_CASE(a_search_takes_its_text_as_it_is) {
  World world;
  const auto ann = world.user();
  const auto create = [&](const std::string& name, const std::string& number) {
    Contact contact;
    contact.user_id = ann;
    contact.name = name;
    contact.phone_number = number;
    must(world.store().create_contact(contact));
  };
  create("Ann Lee", "+14155550001");
  create("100% sure", "+14155550002");
  const auto found = [&](const std::string& search) {
    return must(world.store().list_contacts(ann, {.search = search}, {})).items.size();
  };
  BOOST_TEST(found("") == 2u);
  BOOST_TEST(found("ann l") == 1u);
  BOOST_TEST(found("0002") == 1u);
  BOOST_TEST(found("%") == 1u);
  BOOST_TEST(found("_") == 0u);
  BOOST_TEST(found("'") == 0u);
}

BOOST_AUTO_TEST_CASE(an_update_that_comes_too_late_is_a_conflict) {
  World world;
  const auto ann = world.user();
  const auto id = world.campaign(ann);
  auto mine = must(world.store().find_campaign(ann, id));
  auto theirs = mine;
  theirs.name = "theirs";
  const auto written = must(world.another()->update_campaign(theirs));
  BOOST_TEST(written.name == "theirs");
  BOOST_TEST((written.updated_at > mine.updated_at));  // Although the clock stood still.
  mine.name = "mine";
  BOOST_TEST(error_of(world.store().update_campaign(mine)) == "conflict updated_at");
  mine.updated_at = written.updated_at;
  BOOST_TEST(must(world.store().update_campaign(mine)).name == "mine");
  // What rows do to the counters is no change of the campaign.
  mine = must(world.store().find_campaign(ann, id));
  world.queue(ann, id, 1);
  BOOST_TEST(error_of(world.store().update_campaign(mine)) == "ok");
}

BOOST_AUTO_TEST_CASE(a_campaign_is_read_as_it_was_written) {
  World world;
  const auto ann = world.user();
  CallCampaign campaign;
  campaign.user_id = ann;
  campaign.name = "All of it";
  campaign.description = "with \"quotes\" and 'more'";
  campaign.agent_id = world.agent(ann);
  campaign.next_action = "book";
  campaign.first_call_time = 9h + 30s;
  campaign.last_call_time = 24h;
  campaign.start_date = parse_local_date("2026-03-01").value();
  campaign.end_date = parse_local_date("2026-04-01").value();
  campaign.created_at = campaign.updated_at = noon();
  auto& rules = campaign.rules;
  rules.timezone = "Europe/Berlin";
  rules.clock = CallClock::campaign;
  rules.weekly_windows.emplace();
  rules.weekly_windows->at(2) = {{9h, 12h}, {22h, 2h}};
  rules.excluded_dates = {parse_local_date("2026-03-05").value()};
  rules.retry = {.outcomes = {CallOutcome::busy, CallOutcome::voicemail},
                 .max_attempts = 3,
                 .delays = {60s, 3600s}};
  rules.spread = true;
  rules.call_deadline = 120s;
  auto written = must(world.store().create_campaign(campaign));
  campaign.id = written.id;
  BOOST_TEST((written == campaign));
  campaign.rules = {};
  campaign.description.clear();
  campaign.end_date.reset();
  campaign.name = "Less";
  written = must(world.store().update_campaign(campaign));
  campaign.updated_at = written.updated_at;
  BOOST_TEST((written == campaign));
}

BOOST_AUTO_TEST_SUITE_END()
