#include "conformance/world.hpp"

#include <algorithm>
#include <exception>
#include <map>

namespace callqueue::testing {

namespace {

/// Every page of a list.
template <class List>
auto every(List&& list) {
  Page page{.limit = 1000};
  auto items = must(list(page));
  while (!items.next_cursor.empty()) {
    page.cursor = items.next_cursor;
    auto more = must(list(page));
    items.items.insert(items.items.end(), more.items.begin(), more.items.end());
    items.next_cursor = more.next_cursor;
  }
  return std::move(items.items);
}

void add_to(AdvanceResult& sum, const AdvanceResult& step) {
  sum.requeued += step.requeued;
  sum.lapsed += step.lapsed;
  sum.made_ready += step.made_ready;
  sum.expired += step.expired;
  sum.lanes_rolled += step.lanes_rolled;
  sum.activated += step.activated;
  sum.ended += step.ended;
  sum.swept += step.swept;
}

}  // namespace

Instant instant(std::string_view text) { return must(parse_instant(text)); }
LocalDate date(std::string_view text) { return must(parse_local_date(text)); }

CampaignId TestUser::draft(const CampaignSpec& spec) {
  CallCampaign made;
  made.user_id = id;
  made.name = spec.name;
  made.agent_id = agent;
  made.next_action = "confirm the appointment";
  made.first_call_time = spec.first_call_time;
  made.last_call_time = spec.last_call_time;
  made.start_date = spec.start_date;
  made.end_date = spec.end_date;
  made.rules = spec.rules;
  campaign = must(world->store().create_campaign(made)).id;
  return campaign;
}

void TestUser::start(CampaignId started) const {
  must(world->store().set_campaign_status(id, started, CampaignStatus::draft,
                                          CampaignStatus::active));
}

TestUser& TestUser::with_queued(int count, const CampaignSpec& spec, const RowSpec& row) {
  const auto made = draft(spec);
  for (int i = 0; i < count; ++i) add(made, row);
  start(made);
  return *this;
}

Contact TestUser::contact(const ContactSpec& spec) const {
  Contact made;
  made.user_id = id;
  made.name = spec.name;
  made.phone_number = spec.phone_number;
  if (made.phone_number.empty()) {
    made.phone_number = "+1415" + std::to_string(5'550'000 + ++world->contacts_made_);
  }
  made.timezone = spec.timezone;
  return must(world->store().create_contact(made));
}

QueuedCall TestUser::add(CampaignId to, const RowSpec& spec) {
  return add_for(to, contact({.timezone = spec.timezone}), spec);
}

QueuedCall TestUser::add_for(CampaignId to, const Contact& called, const RowSpec& spec) {
  NewQueuedCall row;
  row.contact_id = called.id;
  row.campaign_id = to;
  row.priority = spec.priority;
  row.scheduled_for = spec.scheduled_for;
  auto added = must(world->store().add_queued_calls(id, {&row, 1})).at(0);
  rows.push_back(added.id);
  return added;
}

QueuedCall TestUser::direct(const RowSpec& spec) {
  return direct_for(contact({.timezone = spec.timezone}), spec);
}

QueuedCall TestUser::direct_for(const Contact& called, const RowSpec& spec) {
  NewQueuedCall row;
  row.contact_id = called.id;
  row.agent_id = agent;
  row.priority = spec.priority;
  row.scheduled_for = spec.scheduled_for;
  row.not_after = spec.not_after;
  auto added = must(world->store().add_queued_calls(id, {&row, 1})).at(0);
  rows.push_back(added.id);
  return added;
}

void TestUser::limit(int concurrent) const {
  must(world->store().set_user_limits(id, concurrent, std::nullopt));
}

QueuedCall TestUser::row(QueuedCallId wanted) const {
  return must(world->store().find_queued_call(id, wanted));
}
Call TestUser::call(CallId wanted) const { return must(world->store().find_call(id, wanted)); }
CallCampaign TestUser::find(CampaignId wanted) const {
  return must(world->store().find_campaign(id, wanted));
}
CampaignStatistics TestUser::statistics() const {
  return must(world->store().campaign_statistics(id, campaign));
}
int TestUser::active() const { return must(world->store().user_slots(id)).active; }

std::vector<QueuedCall> TestUser::all_rows(const QueueFilter& filter) const {
  return every(
      [&](const Page& page) { return world->store().list_queued_calls(id, filter, page); });
}
std::vector<Call> TestUser::all_calls(const CallFilter& filter) const {
  return every([&](const Page& page) { return world->store().list_calls(id, filter, page); });
}

Result<CallCampaign> TestUser::set_status(CampaignStatus from, CampaignStatus to) const {
  return world->store().set_campaign_status(id, campaign, from, to);
}

World::~World() {
  if (std::uncaught_exceptions() > 0 || !store_) return;
  try {
    check_consistency();
  } catch (...) {  // Recorded as a failure already.
  }
}

TestUser World::user(const UserSpec& spec) {
  User user;
  user.name = "user " + std::to_string(++users_made_);
  user.timezone = spec.timezone;
  user.concurrent_calls_limit = spec.concurrent_calls_limit;
  user.system_concurrent_calls_limit = must(store().system_slots()).limit;
  TestUser made{.world = this, .id = must(store().create_user(user)).id};
  made.agent = must(store().create_agent({.user_id = made.id, .name = "agent"})).id;
  return made;
}

AdvanceResult World::advance(const AdvanceRequest& request) {
  AdvanceResult done;
  for (int round = 0; round < 10'000; ++round) {
    const auto step = must(store().advance(request));
    add_to(done, step);
    if (!step.more) return done;
  }
  BOOST_FAIL("advance never comes to an end");
  return done;
}

std::vector<ClaimedCall> World::claim(int limit, std::string worker) {
  advance();
  return must(store().claim({.worker = std::move(worker), .limit = limit}));
}

ClaimedCall World::claim_one() {
  auto claimed = claim(1);
  BOOST_REQUIRE_EQUAL(claimed.size(), 1U);
  return claimed.front();
}

Call World::dial(const ClaimedCall& claimed, const std::string& provider_call_id) {
  const CallRef call{claimed.call.user_id, claimed.call.id};
  const auto marked = must(store().begin_dial({&call, 1}, claimed.call.leased_by));
  BOOST_REQUIRE_EQUAL(marked.size(), 1U);
  return must(store().accept_call(
      call, provider_call_id.empty() ? "p-" + to_text(claimed.call.id) : provider_call_id));
}

CallReport World::report(const CallEvent& event) {
  auto reports = must(store().report_events({&event, 1}));
  BOOST_REQUIRE_EQUAL(reports.size(), 1U);
  return must(std::move(reports.front()));
}

CallReport World::end(const ClaimedCall& claimed, CallOutcome outcome) {
  return report(event_for(claimed.call, outcome));
}

int World::work_off(CallOutcome outcome) {
  int done = 0;
  for (int round = 0; round < 10'000; ++round) {
    const auto claimed = claim();
    if (claimed.empty()) return done;
    for (const auto& call : claimed) end(call, outcome);
    done += static_cast<int>(claimed.size());
  }
  BOOST_FAIL("the queue never comes to an end");
  return done;
}

void World::check_consistency() {
  int system_active = 0;
  for (const auto& known : every([&](const Page& page) { return store().list_users(page); })) {
    const TestUser user{.world = this, .id = known.id};
    std::map<CampaignId, CampaignStatistics> recounts;
    for (const auto& row : user.all_rows()) {
      if (!row.campaign_id) continue;
      auto& count = recounts[*row.campaign_id];
      ++count.total_contacts;
      count.completed_calls += row.status == QueuedCallStatus::completed ? 1 : 0;
      count.successful_calls +=
          row.status == QueuedCallStatus::completed && row.success == true ? 1 : 0;
      count.failed_calls += row.status == QueuedCallStatus::failed ? 1 : 0;
    }
    for (const auto& campaign :
         every([&](const Page& page) { return store().list_campaigns(user.id, {}, page); })) {
      const auto& count = recounts[campaign.id];
      BOOST_TEST(campaign.total_contacts == count.total_contacts);
      BOOST_TEST(campaign.completed_calls == count.completed_calls);
      BOOST_TEST(campaign.successful_calls == count.successful_calls);
      BOOST_TEST(campaign.failed_calls == count.failed_calls);
    }
    int active = 0;
    for (const auto& call : user.all_calls()) active += is_active(call.status) ? 1 : 0;
    BOOST_TEST(user.active() == active);
    system_active += active;
  }
  BOOST_TEST(must(store().system_slots()).active == system_active);
}

CallEvent event_for(const Call& call, CallStatus status) {
  CallEvent event;
  event.user_id = call.user_id;
  event.call_id = call.id;
  event.status = status;
  return event;
}

CallEvent event_for(const Call& call, CallOutcome outcome) {
  auto event = event_for(call, detail::status_of(outcome));
  event.outcome = outcome;
  return event;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::size_t count_for(std::span<const ClaimedCall> claimed, const TestUser& user) {
  return static_cast<std::size_t>(
      std::count_if(claimed.begin(), claimed.end(),
                    [&](const ClaimedCall& call) { return call.call.user_id == user.id; }));
}

std::vector<QueuedCallId> rows_of(std::span<const ClaimedCall> claimed) {
  std::vector<QueuedCallId> rows;
  for (const auto& call : claimed) rows.push_back(call.queued.id);
  return rows;
}

std::vector<UserId> users_of(std::span<const ClaimedCall> claimed) {
  std::vector<UserId> users;
  for (const auto& call : claimed) users.push_back(call.call.user_id);
  return users;
}

}  // namespace callqueue::testing
