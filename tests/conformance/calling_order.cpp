// In which order queued calls are called, and what is told of it.
#include <algorithm>
#include <map>
#include <tuple>

#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(queue)

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_ahead_counts_what_is_taken_before, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 9});
  const auto campaign = ann.draft();
  const auto low = ann.add(campaign).id;
  const auto first = ann.add(campaign, {.priority = 10}).id;
  const auto second = ann.add(campaign, {.priority = 10}).id;
  const auto waiting = ann.add(campaign, {.priority = 20, .scheduled_for = noon + 1h}).id;
  const auto direct = ann.direct().id;
  const auto ahead = [&](QueuedCallId id) {
    return must(backend.store().rows_ahead(ann.id, id)).rows;
  };
  BOOST_TEST(ahead(direct) == 0);
  BOOST_TEST(ahead(first) == 1);
  BOOST_TEST(ahead(second) == 2);
  BOOST_TEST(ahead(low) == 3);
  BOOST_TEST(ahead(waiting) == 4);
  ann.start(campaign);
  backend.claim(2);
  BOOST_TEST(ahead(second) == 0);
  BOOST_TEST(ahead(waiting) == 2);
  BOOST_TEST(fails_with(backend.store().rows_ahead(ann.id, direct), ErrorCode::conflict, "status"));
  // What belongs to a campaign that does not run is in nobody else's way.
  const auto draft = ann.draft();
  const auto urgent = ann.add(draft, {.priority = 30}).id;
  const auto next = ann.add(draft, {.priority = 30}).id;
  BOOST_TEST(ahead(second) == 0);
  BOOST_TEST(ahead(next) == 1);
  ann.start(draft);
  BOOST_TEST(ahead(second) == 2);
  must(ann.set_status(CampaignStatus::active, CampaignStatus::paused));
  BOOST_TEST(ahead(second) == 0);
  BOOST_TEST(ahead(urgent) == 0);
}

namespace {

std::vector<UpcomingCall> upcoming(World& world, UserId user_id, int limit,
                                   std::optional<CampaignId> campaign_id = {}) {
  std::vector<UpcomingCall> all;
  Page page{.limit = limit, .cursor = {}};
  do {
    auto part = must(world.store().list_upcoming_calls(user_id, campaign_id, page));
    BOOST_TEST(static_cast<int>(part.items.size()) <= limit);
    all.insert(all.end(), part.items.begin(), part.items.end());
    BOOST_TEST_REQUIRE(all.size() < 1000U);  // It comes to an end.
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  return all;
}

std::vector<QueuedCallId> ids_of(const std::vector<UpcomingCall>& rows) {
  std::vector<QueuedCallId> ids;
  for (const auto& row : rows) ids.push_back(row.call.id);
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(upcoming_calls_come_in_the_order_in_which_they_are_claimed, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 99});
  must(backend.store().set_system_limit(99));
  backend.user().with_queued(2);
  const auto first = ann.draft();
  const auto second = ann.draft();
  const auto stopped = ann.draft();
  std::vector<QueuedCallId> last;
  for (const int priority : {5, 0, 5, -3}) {
    for (const auto& timezone : {"Europe/Berlin", "Asia/Tokyo"}) {
      ann.add(first, {.priority = priority, .timezone = timezone});
      ann.add(second, {.priority = priority});
    }
  }
  const auto later = ann.add(second, {.priority = 9, .scheduled_for = noon + 2h}).id;
  const auto soon = ann.add(first, {.scheduled_for = noon + 1h}).id;
  last.push_back(ann.add(stopped, {.priority = 99}).id);
  last.push_back(ann.add(stopped, {.scheduled_for = noon + 1min}).id);
  ann.start(first);
  ann.start(second);
  const auto direct = ann.direct().id;
  const auto direct_later = ann.direct({.scheduled_for = noon + 90min}).id;
  backend.advance();

  const auto listed = upcoming(backend, ann.id, 1000);
  BOOST_TEST_REQUIRE(listed.size() == 22U);
  for (const int limit : {1, 2, 7, 19, 22}) {
    BOOST_TEST(ids_of(upcoming(backend, ann.id, limit)) == ids_of(listed),
               boost::test_tools::per_element());
  }
  for (std::size_t i = 0; i < 20; ++i) {
    BOOST_TEST(listed[i].position.value() == static_cast<std::int64_t>(i) + 1);
    BOOST_TEST(must(backend.store().rows_ahead(ann.id, listed[i].call.id)).rows ==
               static_cast<std::int64_t>(i));
    BOOST_TEST((listed[i].call == ann.row(listed[i].call.id)));
  }
  BOOST_TEST(!listed[20].position.has_value());
  BOOST_TEST((listed.front().call.id == direct));
  const std::vector<QueuedCallId> tail{soon, direct_later, later, last[0], last[1]};
  const auto all = ids_of(listed);
  BOOST_TEST(std::vector(all.end() - 5, all.end()) == tail, boost::test_tools::per_element());
  const auto of_second = upcoming(backend, ann.id, 3, second);
  BOOST_TEST_REQUIRE(of_second.size() == 9U);
  BOOST_TEST(of_second.back().position.value() == 9);
  BOOST_TEST((of_second.back().call.id == later));

  std::vector<QueuedCallId> claimed;
  for (const auto& call : backend.claim(99)) {
    if (call.call.user_id == ann.id) claimed.push_back(call.queued.id);
  }
  BOOST_TEST(claimed == std::vector(all.begin(), all.begin() + 17),
             boost::test_tools::per_element());
  BOOST_TEST((upcoming(backend, ann.id, 2).front().call.id == soon));
}

namespace {

/// A queued row, and what the order of calling goes by.
struct RowInOrder {
  QueuedCall row;
  int part = 2;  ///< Direct, open, later, stopped.
  Instant starts_at{};
  bool waits = false;
  std::optional<Interval> open;  ///< Its lane's current or next interval, while its campaign runs.
  std::size_t made = 0;

  friend bool operator<(const RowInOrder& a, const RowInOrder& b) {
    const auto order = [](const RowInOrder& each) {
      const auto& row = each.row;
      return each.waits ? std::tuple{each.part,
                                     each.starts_at,
                                     true,
                                     row.scheduled_for,
                                     std::int64_t{0},
                                     static_cast<std::int64_t>(each.made),
                                     QueuedCallId{}}
                        : std::tuple{each.part,
                                     each.starts_at,
                                     false,
                                     row.created_at,
                                     -std::int64_t{row.priority},
                                     row.position,
                                     row.id};
    };
    return order(a) < order(b);
  }
};

/// Rows of every kind, on a clock that stands still, and the order in which they are to be called.
class RowsOfAllKinds {
 public:
  RowsOfAllKinds(World& world, TestUser& user) : world_(world), user_(user) {
    // From noon on: open everywhere; in Greenwich; nowhere yet, in Greenwich as soon as the one
    // before in New York; never again but in New York.
    for (const auto& spec :
         {CampaignSpec{}, CampaignSpec{.first_call_time = 9h, .last_call_time = 18h},
          CampaignSpec{.first_call_time = 14h, .last_call_time = 18h},
          CampaignSpec{
              .first_call_time = 9h, .last_call_time = 10h, .end_date = date("2026-01-12")}}) {
      user.start(fill(spec, true));
    }
    paused = fill({.first_call_time = 9h, .last_call_time = 18h}, false);
    user.start(paused);
    must(world.store().set_campaign_status(user.id, paused, CampaignStatus::active,
                                           CampaignStatus::paused));
    fill({.first_call_time = 14h, .last_call_time = 18h}, false);
    for (const auto& spec : kinds()) {
      add(user.direct(spec), Interval{.opens_at = {}, .closes_at = Instant::max()}, 0);
    }
    world.advance();
    std::sort(rows.begin(), rows.end());
  }

  /// How many may start before it does; none if it may now.
  [[nodiscard]] std::int64_t earlier_than(const RowInOrder& later) const {
    return std::count_if(rows.begin(), rows.end(), [&](const RowInOrder& row) {
      return later.part == 2 && row.part <= 2 && row.starts_at < later.starts_at;
    });
  }

  CampaignId paused;
  std::vector<RowInOrder> rows;

 private:
  static std::vector<RowSpec> kinds(const std::string& timezone = {}) {
    return {{.priority = 5, .timezone = timezone},
            {.timezone = timezone},
            {.priority = 5, .timezone = timezone},
            {.priority = 9, .scheduled_for = noon + 3h, .timezone = timezone},
            {.priority = 9, .scheduled_for = noon + 2h, .timezone = timezone},
            {.scheduled_for = noon + 30min, .timezone = timezone},
            {.scheduled_for = noon + 2h, .timezone = timezone}};
  }

  CampaignId fill(const CampaignSpec& spec, bool runs) {
    const auto campaign = user_.draft(spec);
    const auto rules = calling_rules(user_.find(campaign));
    for (const auto* name : {"Etc/UTC", "America/New_York", "Asia/Tokyo"}) {
      const auto zone = must(TimeZone::load(name));
      for (const auto& kind : kinds(name)) {
        const auto open = next_open_interval(rules, zone, noon);
        add(user_.add(campaign, kind), runs ? open : std::nullopt, runs ? 1 : 3);
      }
    }
    return campaign;
  }

  /// @param part of due rows of an open lane.
  void add(const QueuedCall& row, const std::optional<Interval>& open, int part) {
    RowInOrder added{.row = row, .part = part, .open = open, .made = rows.size()};
    added.waits = row.scheduled_for > noon;
    const auto opens_at = part == 3 ? Instant{}
                          : open    ? open->opens_at
                                    : instant("9999-12-31T00:00:00Z");
    if (part != 3 && (added.waits || opens_at > noon)) added.part = 2;
    if (opens_at > noon) added.starts_at = opens_at;
    if (added.waits) added.starts_at = std::max(added.starts_at, row.scheduled_for);
    rows.push_back(std::move(added));
  }

  World& world_;
  TestUser& user_;
};

}  // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(upcoming_calls_come_by_when_they_may_start, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user({.concurrent_calls_limit = 999});
  must(backend.store().set_system_limit(999));
  const RowsOfAllKinds all{backend, ann};
  std::vector<QueuedCallId> order;
  for (const auto& row : all.rows) order.push_back(row.row.id);

  for (const int limit : {1, 2, 7, 40, 1000}) {
    const auto listed = upcoming(backend, ann.id, limit);
    BOOST_TEST_REQUIRE(ids_of(listed) == order, boost::test_tools::per_element());
    for (std::size_t i = 0; i < listed.size(); ++i) {
      const auto& expected = all.rows[i];
      const bool runs = expected.part < 3;
      const bool closed = runs && !(expected.open && expected.open->opens_at <= noon);
      const auto earlier = all.earlier_than(expected);
      BOOST_TEST(listed[i].position.value_or(0) == (runs ? static_cast<std::int64_t>(i) + 1 : 0));
      BOOST_TEST(listed[i].earlier == earlier);
      BOOST_TEST(listed[i].closed == closed);
      BOOST_TEST(
          (listed[i].opens_at ==
           (closed && expected.open ? std::optional{expected.open->opens_at} : std::nullopt)));
      if (limit < 1000 || !runs) continue;
      const RowsAhead ahead{static_cast<std::int64_t>(i), earlier};
      BOOST_TEST((must(backend.store().rows_ahead(ann.id, listed[i].call.id)) == ahead));
    }
  }

  // What may start now is what claims take, in this order.
  const auto open = std::count_if(all.rows.begin(), all.rows.end(),
                                  [](const RowInOrder& row) { return row.part < 2; });
  std::vector<QueuedCallId> claimed;
  const auto work_off = [&] {
    for (auto batch = backend.claim(5); !batch.empty(); batch = backend.claim(5)) {
      for (const auto& call : batch) {
        claimed.push_back(call.queued.id);
        backend.end(call);
      }
    }
  };
  work_off();
  BOOST_TEST(claimed == std::vector(order.begin(), order.begin() + open),
             boost::test_tools::per_element());
  // And so it is when lanes open.
  for (const auto until : {noon + 30min, noon + 2h, noon + 3h}) {
    auto left = std::find_if(all.rows.begin(), all.rows.end(), [&](const RowInOrder& row) {
      return row.part == 3 || (row.part == 2 && row.starts_at > until);
    });
    backend.pass_to(until);
    work_off();
    std::vector<QueuedCallId> expected(order.begin(), order.begin() + (left - all.rows.begin()));
    auto taken = claimed;
    std::sort(taken.begin(), taken.end());
    std::sort(expected.begin(), expected.end());
    BOOST_TEST(taken == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_of_a_paused_campaign_are_told_their_place_once_it_is_resumed,
                              Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  const RowsOfAllKinds all{backend, ann};
  std::map<QueuedCallId, RowsAhead> told;
  for (const auto& [row, part, starts_at, waits, open, made] : all.rows) {
    if (row.campaign_id != all.paused) continue;
    told[row.id] = must(backend.store().rows_ahead(ann.id, row.id));
  }
  must(backend.store().set_campaign_status(ann.id, all.paused, CampaignStatus::paused,
                                           CampaignStatus::active));
  backend.advance();
  std::size_t seen = 0;
  for (const auto& listed : upcoming(backend, ann.id, 1000)) {
    if (listed.call.campaign_id != all.paused) continue;
    const RowsAhead ahead{listed.position.value() - 1, listed.earlier};
    BOOST_TEST((told.at(listed.call.id) == ahead));
    ++seen;
  }
  BOOST_TEST(seen == told.size());
  BOOST_TEST(seen == 21U);
}

// Nobody has to advance before it is read.
BOOST_AUTO_TEST_CASE_TEMPLATE(upcoming_calls_know_hours_that_are_still_to_be_worked_out, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1, {.first_call_time = 9h, .last_call_time = 13h});
  const auto first = ann.rows.back();
  const auto second =
      ann.with_queued(1, {.first_call_time = 14h, .last_call_time = 18h}).rows.back();
  const auto listed = [&](std::vector<QueuedCallId> ids,
                          std::vector<std::optional<Instant>> opens) {
    const auto rows = upcoming(backend, ann.id, 5);
    BOOST_TEST(ids_of(rows) == ids, boost::test_tools::per_element());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      BOOST_TEST((rows[i].opens_at == opens.at(i)));
      BOOST_TEST(rows[i].closed == opens[i].has_value());
      BOOST_TEST(must(backend.store().rows_ahead(ann.id, ids[i])).rows ==
                 static_cast<std::int64_t>(i));
    }
  };
  for (const bool advanced : {false, true}) {
    if (advanced) backend.advance();
    listed({first, second}, {std::nullopt, noon + 2h});
  }
  backend.pass(3h);  // The first one has closed.
  listed({second, first}, {std::nullopt, noon + 21h});
  auto changed = ann.find(ann.row(second).campaign_id.value());
  changed.first_call_time = 16h;
  must(backend.store().update_campaign(changed));
  listed({second, first}, {noon + 4h, noon + 21h});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_nobody_knows_the_hours_of_comes_last, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(1, {.first_call_time = 14h, .last_call_time = 18h});
  const auto campaign = ann.campaign;
  backend.advance();
  const auto known = ann.rows.back();
  const auto moved = ann.with_queued(1).rows.back();
  must(backend.store().set_user_timezone(ann.id, "Asia/Tokyo"));
  // Their zone is to be looked up before anybody says when they may start.
  for (const auto& row : upcoming(backend, ann.id, 5)) {
    BOOST_TEST(row.closed);
    BOOST_TEST(!row.opens_at.has_value());
  }
  backend.advance();
  const auto listed = upcoming(backend, ann.id, 5);
  BOOST_TEST(ids_of(listed) == (std::vector{moved, known}), boost::test_tools::per_element());
  BOOST_TEST((listed[1].opens_at == noon + 17h));
  BOOST_TEST((listed[1].call.campaign_id == campaign));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(upcoming_calls_leave_out_what_nobody_will_call, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(3);
  must(ann.set_status(CampaignStatus::active, CampaignStatus::cancelled));
  BOOST_TEST(upcoming(backend, ann.id, 5).empty());
  const auto import =
      must(backend.store().begin_import({.user_id = ann.id, .campaign_id = ann.draft()}));
  must(backend.store().stage_import(
      ann.id, import, std::vector{ImportRow{.line = 2, .phone_number = "+493012345678"}}));
  BOOST_TEST(upcoming(backend, ann.id, 5).empty());
  must(backend.store().publish_import(ann.id, import));
  BOOST_TEST(upcoming(backend, ann.id, 5).size() == 1U);
  for (const auto* cursor :
       {"x", "9/2026-01-01T00:00:00Z/1/1/0/1/1/2026-01-01T00:00:00Z/1",
        "0/2026-01-01T00:00:00Z/0/1/0/1/1/2026-01-01T00:00:00Z/x",
        "2/2026-01-01T00:00:00Z/1/1/0/1/1/2026-01-01T00:00:00Z/x",
        "2/2026-01-01T00:00:00Z/2/1/0/1/1/2026-01-01T00:00:00Z/1",
        "2/2026-01-01T00:00:00Z/1/-1/0/1/1/2026-01-01T00:00:00Z/1",
        "2/2026-01-01T00:00:00Z/1/1/-1/1/1/2026-01-01T00:00:00Z/1",
        "2/x/1/1/0/1/1/2026-01-01T00:00:00Z/1", "2/2026-01-01T00:00:00Z/1/1/0/1/1/x/1"}) {
    BOOST_TEST(
        fails_with(backend.store().list_upcoming_calls(ann.id, {}, {.limit = 5, .cursor = cursor}),
                   ErrorCode::invalid_argument, "cursor"));
  }
}

BOOST_AUTO_TEST_SUITE_END()
