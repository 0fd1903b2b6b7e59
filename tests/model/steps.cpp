#include "model/steps.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace callqueue::model {

using namespace std::chrono_literals;

namespace {

[[noreturn]] void wrong(const std::string& what) { throw std::runtime_error(what); }

/// The value of what must succeed.
template <class T>
T need(const char* what, Result<T> result) {
  if (!result) wrong(std::string{what} + " failed: " + result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

/// Whether it succeeded; wrong unless the model says the same.
template <class T>
bool agree(const char* what, Refusal expected, const Result<T>& result) {
  const std::string got = result ? "success" : std::string{to_text(result.error().code)};
  const std::string wanted = expected ? std::string{to_text(*expected)} : "success";
  if (got != wanted) {
    wrong(std::string{what} + ": the store says " + got + ", the model " + wanted +
          (result ? "" : " (" + result.error().message + ")"));
  }
  return result.has_value();
}

/// One of what there is; the end if there is nothing.
template <class Map>
auto pick(Map& map, unsigned number) {
  auto found = map.begin();
  if (!map.empty()) std::advance(found, static_cast<std::ptrdiff_t>(number % map.size()));
  return found;
}

std::string zone_name(unsigned number) {
  // One in three has none of its own.
  return number % 3 == 0 ? "" : zones[(number / 3) % zones.size()].name;
}

constexpr std::array<std::pair<TimeOfDay, TimeOfDay>, 5> windows = {
    {{0h, 24h}, {9h, 18h}, {22h, 2h}, {11h, 13h}, {12h, 12h + 30min}}};

std::optional<LocalDate> end_date(unsigned number) {
  if (number % 3 == 0) return std::nullopt;
  return LocalDate{std::chrono::floor<std::chrono::days>(testing::noon) +
                   std::chrono::days{number % 3}};
}

RetryPolicy retry_policy(unsigned number) {
  switch (number % 4) {
    case 0: return {};
    case 1: return {{CallOutcome::busy, CallOutcome::no_answer}, 3, {60s, 1h}};
    case 2: return {{CallOutcome::voicemail, CallOutcome::failed}, 2, {0s}};
    default: return {{CallOutcome::busy, CallOutcome::rejected}, 4, {9h}};
  }
}

std::string worker_name(unsigned number) { return number % 4 == 0 ? "w1" : "w0"; }

template <class T>
std::string text(const T& value) {
  std::ostringstream out;
  if constexpr (std::is_same_v<T, Instant>) {
    out << to_text(value);
  } else if constexpr (std::is_same_v<T, std::chrono::seconds>) {
    out << value.count() << " s";
  } else if constexpr (std::is_enum_v<T>) {
    out << to_text(value);
  } else if constexpr (requires { to_text(value); }) {
    out << to_text(value);
  } else {
    out << value;
  }
  return out.str();
}
template <class T>
std::string text(const std::optional<T>& value) {
  return value ? text(*value) : "nothing";
}

template <class T>
void same(const std::string& what, const T& store, const T& model) {
  if (store == model) return;
  wrong(what + ": the store has " + text(store) + ", the model " + text(model));
}

template <class T, class List>
std::vector<T> all_of(List&& list) {
  std::vector<T> items;
  Page page{.limit = 1000};
  do {
    auto part = need("list", list(page));
    items.insert(items.end(), part.items.begin(), part.items.end());
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  return items;
}

}  // namespace

Run::Run() {
  model_.now = backend_.now();
  need("set_system_limit", store().set_system_limit(4));
  model_.set_system_limit(4);
}

std::map<std::string, int>& Run::coverage() {
  static std::map<std::string, int> done;
  return done;
}

const std::vector<Run::Entry>& Run::operations() {
  static const std::vector<Entry> table = {{"add_user", 3, &Run::add_user},
                                           {"limit_user", 2, &Run::limit_user},
                                           {"limit_system", 1, &Run::limit_system},
                                           {"add_campaign", 6, &Run::add_campaign},
                                           {"change_campaign", 2, &Run::change_campaign},
                                           {"move_campaign", 10, &Run::move_campaign},
                                           {"delete_campaign", 1, &Run::delete_campaign},
                                           {"add_rows", 10, &Run::add_rows},
                                           {"add_direct", 3, &Run::add_direct},
                                           {"cancel_row", 2, &Run::cancel_row},
                                           {"cancel_contact", 1, &Run::cancel_contact},
                                           {"delete_contact", 1, &Run::delete_contact},
                                           {"move_contact", 2, &Run::move_contact},
                                           {"claim", 18, &Run::claim},
                                           {"claim_only", 2, &Run::claim_only},
                                           {"finish_and_claim", 5, &Run::finish_and_claim},
                                           {"reserve", 2, &Run::reserve},
                                           {"begin_dial", 5, &Run::begin_dial},
                                           {"accept", 4, &Run::accept},
                                           {"renew", 1, &Run::renew},
                                           {"requeue", 1, &Run::requeue},
                                           {"report", 14, &Run::report},
                                           {"pass_time", 8, &Run::pass_time},
                                           {"advance", 2, &Run::advance_a_little},
                                           {"begin_import", 2, &Run::begin_import},
                                           {"stage_import", 3, &Run::stage_import},
                                           {"end_import", 2, &Run::end_import},
                                           {"crash", 2, &Run::crash}};
  return table;
}

void Run::take(const Step& step) {
  // The first steps of every run make somebody to call for.
  if (model_.users.empty()) {
    story_.emplace_back("add_user");
    add_user(step);
    return;
  }
  unsigned total = 0;
  for (const auto& entry : operations()) total += entry.weight;
  unsigned number = step.op % total;
  for (const auto& entry : operations()) {
    if (number >= entry.weight) {
      number -= entry.weight;
      continue;
    }
    story_.emplace_back(entry.name);
    if ((this->*entry.operation)(step)) ++coverage()[entry.name];
    break;
  }
  compare();
  forget_broken_stretches();
}

// --- Users, campaigns, rows --------------------------------------------------------------------

bool Run::add_user(const Step& step) {
  if (model_.users.size() == 3) return false;
  User user;
  user.name = "user";
  user.timezone = zone_name(step.b);
  user.concurrent_calls_limit = static_cast<int>(step.a % 4);
  user.system_concurrent_calls_limit = model_.system_limit;
  user = need("create_user", store().create_user(user));
  need("create_agent", store().create_agent({.user_id = user.id, .name = "agent"}));
  model_.users[user.id] = {.timezone = user.timezone,
                           .limit = user.concurrent_calls_limit,
                           .ceiling = user.system_concurrent_calls_limit};
  return true;
}

bool Run::limit_user(const Step& step) {
  auto& [id, user] = *pick(model_.users, step.a);
  user.limit = static_cast<int>(step.b % 4);
  std::optional<int> ceiling;
  if (step.c % 3 == 0) user.ceiling = *(ceiling = static_cast<int>(step.c % 7));
  need("set_user_limits", store().set_user_limits(id, user.limit, ceiling));
  return true;
}

bool Run::limit_system(const Step& step) {
  const int limit = static_cast<int>(step.a % 7);
  need("set_system_limit", store().set_system_limit(limit));
  model_.set_system_limit(limit);
  return true;
}

bool Run::add_campaign(const Step& step) {
  if (model_.campaigns.size() == 6) return false;
  const auto user = pick(model_.users, step.a)->first;
  ModelCampaign made;
  made.user = user;
  std::tie(made.first, made.last) = windows[step.b % windows.size()];
  made.start_date = LocalDate{std::chrono::floor<std::chrono::days>(testing::noon) +
                              std::chrono::days{step.b / 5 % 4 == 0 ? 1 : -1}};
  made.end_date = end_date(step.c);
  if (made.end_date && *made.end_date < made.start_date) made.end_date.reset();
  made.timezone = zone_name(step.c / 3);
  made.clock = step.c / 50 % 3 == 0 ? CallClock::campaign : CallClock::contact;
  made.retry = retry_policy(step.c / 7);
  made.call_deadline = step.b % 2 == 0 ? 600s : 3600s;

  CallCampaign campaign;
  campaign.user_id = user;
  campaign.name = "campaign";
  campaign.agent_id = need("list_agents", store().list_agents(user, {})).items.at(0).id;
  campaign.first_call_time = made.first;
  campaign.last_call_time = made.last;
  campaign.start_date = made.start_date;
  campaign.end_date = made.end_date;
  campaign.rules.timezone = made.timezone;
  campaign.rules.clock = made.clock;
  campaign.rules.retry = made.retry;
  campaign.rules.call_deadline = made.call_deadline;
  model_.campaigns[need("create_campaign", store().create_campaign(campaign)).id] = made;
  return true;
}

bool Run::change_campaign(const Step& step) {
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end()) return false;
  auto& [id, campaign] = *found;
  auto changed = campaign;
  if (step.b % 3 == 0) std::tie(changed.first, changed.last) = windows[step.c % windows.size()];
  if (step.b % 3 == 1) changed.timezone = zone_name(step.c);
  if (step.b % 5 == 2) changed.end_date = end_date(step.c);
  if (step.b % 5 == 3) changed.clock = step.c % 2 == 0 ? CallClock::campaign : CallClock::contact;
  if (changed.end_date && *changed.end_date < changed.start_date) changed.end_date.reset();
  auto wanted = need("find_campaign", store().find_campaign(campaign.user, id));
  wanted.first_call_time = changed.first;
  wanted.last_call_time = changed.last;
  wanted.end_date = changed.end_date;
  wanted.rules.timezone = changed.timezone;
  wanted.rules.clock = changed.clock;
  const auto expected = is_final(campaign.status) ? Refusal{ErrorCode::conflict} : std::nullopt;
  if (agree("update_campaign", expected, store().update_campaign(wanted))) campaign = changed;
  return true;
}

bool Run::move_campaign(const Step& step) {
  using enum CampaignStatus;
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end()) return false;
  const auto& [id, campaign] = *found;
  // Mostly from where it is; sometimes a step that must be refused.
  const auto from = step.b % 8 == 0 ? static_cast<CampaignStatus>(step.c % 6) : campaign.status;
  auto to = step.c % 5 == 0 ? static_cast<CampaignStatus>(step.c / 5 % 6) : active;
  if (from == active && to == active) to = step.b % 3 == 0 ? paused : cancelled;
  if (from == active && to == cancelled && step.b % 4 != 1) to = paused;
  // Nobody but the library says that it is completed; what a cancelled one makes of a running
  // import, and of a restart, the conformance tests tell.
  if (to == completed || (to == cancelled && campaign.importing)) return false;
  if (to == scheduled && campaign.started_at) return false;
  const auto user = campaign.user;
  const auto refused = model_.set_status(id, from, to);
  agree("set_campaign_status", refused, store().set_campaign_status(user, id, from, to));
  return true;
}

bool Run::delete_campaign(const Step& step) {
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("delete_campaign", model_.delete_campaign(id), store().delete_campaign(user, id));
  return true;
}

ContactId Run::new_contact(UserId user, const Step& step) {
  Contact contact;
  contact.user_id = user;
  contact.name = "somebody";
  contact.phone_number = "+4930" + std::to_string(1'000'000 + ++made_);
  contact.timezone = zone_name(step.b);
  contact = need("create_contact", store().create_contact(contact));
  model_.contacts[contact.id] = {
      .user = user, .phone_number = contact.phone_number, .timezone = contact.timezone};
  return contact.id;
}

void Run::queue_row(UserId user, const NewQueuedCall& wanted) {
  const auto refused = model_.may_add(wanted.campaign_id, wanted.contact_id);
  const auto added = store().add_queued_calls(user, {&wanted, 1});
  if (!agree("add_queued_calls", refused, added)) return;
  const auto& row = added->at(0);
  for (const auto& [id, other] : model_.rows) {
    if (wanted.campaign_id && other.campaign == wanted.campaign_id &&
        other.position >= row.position) {
      wrong("a later row has no later position");
    }
  }
  ModelRow made;
  made.user = user;
  made.campaign = wanted.campaign_id;
  made.contact = wanted.contact_id;
  made.priority = wanted.priority;
  made.position = row.position;
  made.scheduled_for = wanted.scheduled_for.value_or(model_.now);
  made.not_after = wanted.not_after;
  model_.add(row.id, made);
}

bool Run::add_rows(const Step& step) {
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end() || model_.rows.size() > 60) return false;
  const auto user = found->second.user;
  for (unsigned i = 0; i <= step.b % 4; ++i) {
    NewQueuedCall row;
    row.campaign_id = found->first;
    row.priority = static_cast<int>(step.c % 3) * 50;
    if (step.c % 7 == 0) row.scheduled_for = model_.now + std::chrono::minutes{step.b % 90};
    const auto known = pick(model_.contacts, step.c + i);
    const bool again =
        step.b % 5 == 0 && known != model_.contacts.end() && known->second.user == user;
    row.contact_id = again ? known->first : new_contact(user, {.b = step.b / 4 + i});
    queue_row(user, row);
  }
  return true;
}

bool Run::add_direct(const Step& step) {
  if (model_.rows.size() > 60) return false;
  const auto user = pick(model_.users, step.a)->first;
  NewQueuedCall row;
  row.agent_id = need("list_agents", store().list_agents(user, {})).items.at(0).id;
  row.priority = static_cast<int>(step.c % 2) * 10;
  if (step.c % 4 == 0) row.scheduled_for = model_.now + std::chrono::minutes{step.b % 30};
  if (step.c % 4 == 1) row.not_after = model_.now + std::chrono::minutes{step.b % 30};
  const auto known = pick(model_.contacts, step.b);
  const bool again =
      step.c % 2 == 0 && known != model_.contacts.end() && known->second.user == user;
  row.contact_id = again ? known->first : new_contact(user, step);
  queue_row(user, row);
  return true;
}

bool Run::cancel_row(const Step& step) {
  const auto found = pick(model_.rows, step.a);
  if (found == model_.rows.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("cancel_queued_call", model_.cancel(id), store().cancel_queued_call(user, id, "asked to"));
  return true;
}

bool Run::cancel_contact(const Step& step) {
  const auto found = pick(model_.contacts, step.a);
  if (found == model_.contacts.end()) return false;
  const auto id = found->first;
  const auto [refused, count] = model_.cancel_contact(id);
  const auto cancelled = store().cancel_queued_calls_of_contact(found->second.user, id);
  if (agree("cancel_queued_calls_of_contact", refused, cancelled)) {
    same("cancelled rows of a contact", *cancelled, count);
  }
  return true;
}

bool Run::delete_contact(const Step& step) {
  const auto found = pick(model_.contacts, step.a);
  if (found == model_.contacts.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("delete_contact", model_.delete_contact(id), store().delete_contact(user, id));
  return true;
}

bool Run::move_contact(const Step& step) {
  const auto found = pick(model_.contacts, step.a);
  if (found == model_.contacts.end()) return false;
  auto& [id, known] = *found;
  auto contact = need("find_contact", store().find_contact(known.user, id));
  contact.timezone = zone_name(step.b);
  need("update_contact", store().update_contact(contact));
  model_.move_contact(id, contact.timezone);
  return true;
}

// --- Claims ------------------------------------------------------------------------------------

void Run::advance(int budget) {
  for (int round = 0;; ++round) {
    if (round == 10'000) wrong("advance never comes to an end");
    if (!need("advance", store().advance({.budget = budget})).more) break;
  }
  model_.advance();
}

bool Run::is_eligible(UserId user) const {
  return model_.users.contains(user) && model_.has_room(user) && model_.next_row(user).has_value();
}

void Run::forget_broken_stretches() {
  std::map<UserId, bool> eligible;
  for (const auto& [id, user] : model_.users) eligible[id] = is_eligible(id);
  for (const auto& [a, first] : model_.users) {
    for (const auto& [b, second] : model_.users) {
      if (!(a < b)) continue;
      if (eligible[a] && eligible[b]) {
        stretches_.try_emplace({a, b});
      } else {
        stretches_.erase({a, b});
      }
    }
  }
}

void Run::count_dealing(UserId user) {
  for (auto& [pair, stretch] : stretches_) {
    if (pair.first != user && pair.second != user) continue;
    stretch.difference += pair.first == user ? 1 : -1;
    stretch.least = std::min(stretch.least, stretch.difference);
    stretch.most = std::max(stretch.most, stretch.difference);
    if (stretch.most - stretch.least > 1) wrong("two users differ by more than one slot");
  }
}

/// What holds for every claimed call, whatever the model would have claimed.
void Run::check_promises_of(const ClaimedCall& claimed) const {
  const auto& user = model_.users.at(claimed.call.user_id);
  const auto& row = model_.rows.at(claimed.queued.id);
  if (model_.calls.contains(claimed.call.id)) wrong("a call was claimed twice");
  if (row.status != QueuedCallStatus::queued) wrong("a row was claimed that was not queued");
  if (model_.active(claimed.call.user_id) >= user.limit) wrong("a user's limit was exceeded");
  if (model_.active() >= model_.system_limit) wrong("the system limit was exceeded");
  if (model_.active() >= user.ceiling) wrong("a user's ceiling was exceeded");
  if (model_.is_busy(row.user, row.phone_number)) wrong("a number was called twice at once");
  if (!row.campaign) return;
  const auto& campaign = model_.campaigns.at(*row.campaign);
  if (campaign.status != CampaignStatus::active) wrong("a campaign that is not active was claimed");
  if (!model_.is_open(campaign, model_.zone_of(row), model_.now)) {
    wrong("a call was claimed outside its window");
  }
}

void Run::check_claimed(const std::vector<ClaimedCall>& claimed, std::size_t limit,
                        const std::string& worker, std::chrono::seconds lease) {
  if (claimed.size() > limit) wrong("more was claimed than asked for");
  for (const auto& call : claimed) {
    check_promises_of(call);
    forget_broken_stretches();
    const auto expected_user = model_.next_user();
    if (!expected_user) wrong("a call was claimed where the model claims nothing");
    same("the user in turn", call.call.user_id, *expected_user);
    same("the row in order", call.queued.id, *model_.next_row(*expected_user));
    count_dealing(*expected_user);
    model_.take(call.queued.id, call.call.id, worker, lease);
  }
  if (claimed.size() < limit && model_.next_user()) {
    wrong("the store claims less than the model: " + text(*model_.next_user()) + " may start " +
          text(model_.next_row(*model_.next_user())));
  }
}

bool Run::claim(const Step& step) {
  advance();
  for (const auto& [id, user] : model_.users) {
    const auto next = need("next_queued_call", store().next_queued_call(id));
    same("next_queued_call", next ? std::optional{next->id} : std::nullopt, model_.next_row(id));
  }
  const auto limit = 1 + step.a % 5;
  const auto worker = worker_name(step.b);
  const std::chrono::seconds lease = step.c % 2 == 0 ? 60s : 120s;
  const auto claimed = need(
      "claim", store().claim({.worker = worker, .limit = static_cast<int>(limit), .lease = lease}));
  check_claimed(claimed, limit, worker, lease);
  return !claimed.empty();
}

bool Run::claim_only(const Step& step) {
  const auto found = pick(model_.rows, step.a);
  if (found == model_.rows.end()) return false;
  advance();
  // Time may have taken it away.
  const auto id = found->first;
  if (!model_.rows.contains(id)) return false;
  const auto& row = model_.rows.at(id);
  const Refusal refused =
      row.status == QueuedCallStatus::queued ? std::nullopt : Refusal{ErrorCode::conflict};
  const bool may = !refused && model_.is_claimable(row) && model_.has_room(row.user);
  const auto claimed =
      store().claim({.worker = "w0", .lease = 60s, .only = id, .only_user = row.user});
  if (!agree("claim only", refused, claimed)) return true;
  same("calls claimed by name", claimed->size(), std::size_t{may ? 1U : 0U});
  if (!may) return true;
  check_promises_of(claimed->front());
  same("the row asked for", claimed->front().queued.id, id);
  // Out of turn, by somebody's wish: no dealing to be compared.
  std::erase_if(stretches_, [&](const auto& entry) {
    return entry.first.first == row.user || entry.first.second == row.user;
  });
  model_.take(id, claimed->front().call.id, "w0", 60s);
  return true;
}

bool Run::finish_and_claim(const Step& step) {
  const auto events = some_events(step);
  if (events.empty()) return false;
  advance();
  const auto done =
      need("finish_and_claim",
           store().finish_and_claim(events, {.worker = "w0", .limit = 2, .lease = 120s}));
  check_reports(events, done.reports);
  check_claimed(done.claimed, 2, "w0", 120s);
  return true;
}

bool Run::reserve(const Step& step) {
  const auto& [id, user] = *pick(model_.users, step.a);
  const auto known = pick(model_.contacts, step.b);
  const std::string number = step.c % 2 == 0 || known == model_.contacts.end()
                                 ? "+4940" + std::to_string(1'000'000 + ++made_)
                                 : known->second.phone_number;
  Refusal refused;
  if (model_.is_busy(id, number)) refused = ErrorCode::conflict;
  if (!model_.has_room(id)) refused = ErrorCode::limit_reached;
  const auto reserved = store().reserve_slot(id, number, 20min);
  if (!agree("reserve_slot", refused, reserved)) return true;
  ModelCall call;
  call.user = id;
  call.phone_number = number;
  call.worker = reserved->leased_by;
  call.provider_call_id = reserved->provider_call_id;
  call.created_at = model_.now;
  call.submitted_at = model_.now;
  call.lease_expires_at = model_.now + 20min;
  model_.calls[reserved->id] = call;
  return true;
}

// --- Calls -------------------------------------------------------------------------------------

bool Run::begin_dial(const Step& step) {
  advance();
  if (model_.calls.empty()) return false;
  const auto worker = worker_name(step.c);
  std::vector<CallRef> wanted;
  std::vector<CallId> expected;
  auto found = std::prev(model_.calls.end());
  for (unsigned i = 0; i <= step.a % 3; ++i) {
    wanted.push_back({found->second.user, found->first});
    if (model_.may_dial(found->first, worker)) expected.push_back(found->first);
    if (found == model_.calls.begin()) break;
    --found;
  }
  const auto marked = need("begin_dial", store().begin_dial(wanted, worker));
  if (marked != expected) wrong("other calls may be dialed than the model says");
  for (const auto id : expected) model_.calls.at(id).submitted_at = model_.now;
  return true;
}

bool Run::accept(const Step& step) {
  if (model_.calls.empty()) return false;
  // Mostly one of the latest.
  auto found = std::prev(model_.calls.end());
  for (unsigned i = 0; i < step.a % 4 && found != model_.calls.begin(); ++i) --found;
  const std::string provider = "p-" + to_text(found->first);
  need("accept_call", store().accept_call({found->second.user, found->first}, provider));
  model_.accept(found->first, provider);
  return true;
}

bool Run::renew(const Step& step) {
  const auto found = pick(model_.calls, step.a);
  if (found == model_.calls.end()) return false;
  const auto id = found->first;
  const auto worker = worker_name(step.b);
  agree("renew_lease", model_.renew(id, worker, 300s),
        store().renew_lease({found->second.user, id}, worker, 300s));
  return true;
}

bool Run::requeue(const Step& step) {
  const auto found = pick(model_.calls, step.a);
  if (found == model_.calls.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("requeue_call", model_.requeue(id), store().requeue_call({user, id}, "not placed"));
  return true;
}

/// One to three events about calls, the latest more often; any of them may be late or a duplicate.
std::vector<CallEvent> Run::some_events(const Step& step) const {
  std::vector<CallEvent> events;
  if (model_.calls.empty()) return events;
  for (unsigned i = 0; i <= step.a % 3; ++i) {
    auto found = std::prev(model_.calls.end());
    const auto back = (step.b + i * 3) % (step.b % 4 == 0 ? model_.calls.size() : 5);
    for (unsigned k = 0; k < back && found != model_.calls.begin(); ++k) --found;
    const auto number = step.c + i * 11;
    CallEvent event;
    event.user_id = found->second.user;
    event.call_id = found->first;
    if (number % 16 < 8) {
      event.outcome = static_cast<CallOutcome>(number % 8);
      event.status = detail::status_of(*event.outcome);
    } else if (number % 16 < 13) {
      event.status = static_cast<CallStatus>(number % 3);
    } else if (number % 16 == 13) {
      event.status = CallStatus::completed;
      event.success = number / 16 % 2 == 0;
    } else {
      event.duration = std::chrono::seconds{number % 2 * 30};  // Disconnected.
    }
    if (number / 16 % 5 == 0) event.retryable = false;
    if (number / 16 % 7 == 0) event.answered_at = model_.now - 20s;
    if (number / 16 % 3 == 0) event.failure_reason = "because";
    events.push_back(event);
  }
  return events;
}

void Run::check_reports(const std::vector<CallEvent>& events,
                        const std::vector<Result<CallReport>>& reports) {
  same("reports", reports.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& report = reports[i];
    if (!report) wrong("an event was refused: " + report.error().message);
    same("an event that frees a slot", report->ended, model_.report(events[i].call_id, events[i]));
  }
}

bool Run::report(const Step& step) {
  const auto events = some_events(step);
  if (events.empty()) return false;
  check_reports(events, need("report_events", store().report_events(events)));
  return true;
}

// --- Time --------------------------------------------------------------------------------------

std::vector<Instant> Run::instants_ahead() const {
  std::vector<Instant> ahead;
  const auto add = [&](std::optional<Instant> at) {
    if (at && *at >= model_.now) ahead.push_back(*at);
  };
  for (const auto& [id, call] : model_.calls) add(call.lease_expires_at);
  for (const auto& [id, row] : model_.rows) {
    if (row.status != QueuedCallStatus::queued) continue;
    add(row.scheduled_for);
    add(row.not_after);
    if (!row.campaign) continue;
    const auto& campaign = model_.campaigns.at(*row.campaign);
    const auto midnight = std::chrono::floor<std::chrono::days>(model_.now);
    for (const auto& zone : zones) {
      if (row.timezone != zone.name) continue;
      for (const auto edge : {campaign.first, campaign.last}) {
        for (const auto day : {0, 1}) {
          add(Instant{midnight} + std::chrono::days{day} + edge - zone.offset);
        }
      }
    }
  }
  std::sort(ahead.begin(), ahead.end());
  return ahead;
}

bool Run::pass_time(const Step& step) {
  static constexpr std::array<std::chrono::seconds, 8> jumps = {1s,    30s, 61s, 121s,
                                                                11min, 1h,  5h,  13h};
  const auto ahead = instants_ahead();
  if (step.a % 2 == 0 || ahead.empty()) {
    backend_.pass(jumps[step.b % jumps.size()]);
  } else {
    // To an instant at which something happens, or just beyond: ends are inclusive.
    backend_.pass_to(ahead[step.b % ahead.size()] + std::chrono::microseconds{step.c % 2});
  }
  model_.now = backend_.now();
  return true;
}

bool Run::advance_a_little(const Step& step) {
  advance(1 + static_cast<int>(step.a % 5));
  return true;
}

// --- Imports and crashes -----------------------------------------------------------------------

bool Run::begin_import(const Step& step) {
  const auto found = pick(model_.campaigns, step.a);
  if (found == model_.campaigns.end()) return false;
  auto& [id, campaign] = *found;
  const auto other = std::find_if(model_.imports.begin(), model_.imports.end(),
                                  [&](const auto& each) { return each.second.campaign == id; });
  const bool runs = other != model_.imports.end();
  const bool silent = runs && other->second.heartbeat + std::chrono::seconds{30} <= model_.now;
  const Refusal refused =
      is_final(campaign.status) || (runs && !silent) ? Refusal{ErrorCode::conflict} : std::nullopt;
  ModelImport made;
  made.user = campaign.user;
  made.campaign = id;
  made.again = step.b % 2 == 0;
  made.atomic = step.c % 2 == 0;
  made.heartbeat = model_.now;
  const auto begun = store().begin_import(
      {.user_id = campaign.user, .campaign_id = id, .again = made.again, .atomic = made.atomic});
  if (!agree("begin_import", refused, begun)) return true;
  if (silent) {
    model_.take_back(other->first);
    model_.imports.erase(other);
  }
  campaign.importing = true;
  model_.imports[*begun] = made;
  return true;
}

bool Run::stage_import(const Step& step) {
  const auto found = pick(model_.imports, step.a);
  if (found == model_.imports.end() || model_.rows.size() > 60) return false;
  auto& [import_id, import] = *found;
  import.heartbeat = model_.now;
  std::vector<ImportRow> file;
  for (unsigned i = 0; i < 1 + step.b % 4; ++i) {
    ImportRow row;
    row.line = ++made_;
    const auto known = pick(model_.contacts, step.c + i);
    const bool again = (step.b + i) % 3 == 0 && known != model_.contacts.end();
    row.phone_number =
        again ? known->second.phone_number : "+4950" + std::to_string(1'000'000 + made_);
    if (step.b % 7 == 0 && !file.empty()) row.phone_number = file.front().phone_number;
    row.name = "imported";
    row.timezone = zone_name(step.c + i);
    row.priority = row.priority_if_named = static_cast<int>(step.c % 2) * 100;
    file.push_back(row);
  }
  const auto staged = need("stage_import", store().stage_import(import_id, file));
  same("staged rows", staged.size(), file.size());
  // What was queued, in the order of the file.
  auto queued = all_of<QueuedCall>([&](const Page& page) {
    return store().list_queued_calls(import.user, {.campaign_id = import.campaign}, page);
  });
  std::erase_if(queued, [&](const QueuedCall& row) { return model_.rows.contains(row.id); });
  std::sort(queued.begin(), queued.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  auto next = queued.begin();
  for (std::size_t i = 0; i < file.size(); ++i) {
    const auto expected = model_.stage(import, file[i]);
    if (staged[i].outcome != expected) {
      wrong("stage_import: row " + std::to_string(i) + " became " +
            std::to_string(static_cast<int>(staged[i].outcome)) + ", in the model " +
            std::to_string(static_cast<int>(expected)));
    }
    if (expected != ImportOutcome::imported && expected != ImportOutcome::matched) continue;
    if (next == queued.end()) wrong("an imported row is missing");
    same("the number of an imported row", next->phone_number, file[i].phone_number);
    if (expected == ImportOutcome::imported) {
      import.new_contacts.insert(next->contact_id);
      model_.contacts[next->contact_id] = {
          .user = import.user, .phone_number = file[i].phone_number, .timezone = file[i].timezone};
    }
    ModelRow row;
    row.user = import.user;
    row.campaign = import.campaign;
    row.contact = next->contact_id;
    row.priority = file[i].priority;
    row.position = next->position;
    row.scheduled_for = model_.now;
    row.staged = import_id;
    model_.add(next->id, row);
    ++next;
  }
  if (next != queued.end()) wrong("a row was queued that was to be skipped");
  return true;
}

bool Run::end_import(const Step& step) {
  const auto found = pick(model_.imports, step.a);
  if (found == model_.imports.end()) return false;
  const auto id = found->first;
  if (step.b % 3 == 0) {
    need("abandon_import", store().abandon_import(id));
    model_.abandon(id);
  } else {
    need("publish_import", store().publish_import(id));
    model_.publish(id);
  }
  return true;
}

bool Run::crash(const Step&) {
  backend_.reopen();
  return true;
}

// --- Comparison --------------------------------------------------------------------------------

void Run::compare() {
  int active = 0;
  for (const auto& [id, user] : model_.users) {
    compare_rows(id);
    compare_calls(id);
    compare_campaigns(id);
    const auto slots = need("user_slots", store().user_slots(id));
    same("active calls of a user", slots.active, model_.active(id));
    same("a user's limit", slots.limit, user.limit);
    active += slots.active;
    const auto contacts =
        all_of<Contact>([&](const Page& page) { return store().list_contacts(id, {}, page); });
    const auto expected = std::count_if(model_.contacts.begin(), model_.contacts.end(),
                                        [&](const auto& entry) { return entry.second.user == id; });
    same("contacts", contacts.size(), static_cast<std::size_t>(expected));
  }
  const auto slots = need("system_slots", store().system_slots());
  same("active calls", slots.active, active);
  same("the system limit", slots.limit, model_.system_limit);
}

void Run::compare_rows(UserId user) {
  const auto listed = all_of<QueuedCall>(
      [&](const Page& page) { return store().list_queued_calls(user, {}, page); });
  const auto expected = std::count_if(model_.rows.begin(), model_.rows.end(),
                                      [&](const auto& entry) { return entry.second.user == user; });
  same("rows of a user", listed.size(), static_cast<std::size_t>(expected));
  for (const auto& row : listed) {
    const auto found = model_.rows.find(row.id);
    if (found == model_.rows.end()) wrong("a row that nobody made: " + text(row.id));
    const auto& known = found->second;
    const auto name = "row " + text(row.id) + " ";
    same(name + "status", row.status, known.status);
    same(name + "attempts", row.attempts, known.attempts);
    same(name + "scheduled_for", row.scheduled_for, known.scheduled_for);
    same(name + "failure_reason", row.failure_reason, known.failure_reason);
    same(name + "success", row.success, known.success);
    same(name + "completed_at", row.completed_at, known.completed_at);
    same(name + "call_id", row.call_id, known.call);
    same(name + "not_after", row.not_after, known.not_after);
    if (row.campaign_id) same(name + "timezone", row.timezone, known.timezone);
  }
}

void Run::compare_calls(UserId user) {
  const auto listed =
      all_of<Call>([&](const Page& page) { return store().list_calls(user, {}, page); });
  const auto expected = std::count_if(model_.calls.begin(), model_.calls.end(),
                                      [&](const auto& entry) { return entry.second.user == user; });
  same("calls of a user", listed.size(), static_cast<std::size_t>(expected));
  for (const auto& call : listed) {
    const auto found = model_.calls.find(call.id);
    if (found == model_.calls.end()) wrong("a call that nobody made: " + text(call.id));
    const auto& known = found->second;
    const auto name = "call " + text(call.id) + " ";
    same(name + "status", call.status, known.status);
    same(name + "outcome", call.outcome, known.outcome);
    same(name + "success", call.success, known.success);
    same(name + "attempt", call.attempt, known.attempt);
    same(name + "provider_call_id", call.provider_call_id, known.provider_call_id);
    same(name + "leased_by", call.leased_by, known.worker);
    same(name + "lease_expires_at", call.lease_expires_at, known.lease_expires_at);
    same(name + "submitted_at", call.submitted_at, known.submitted_at);
    same(name + "answered_at", call.answered_at, known.answered_at);
    same(name + "ended_at", call.ended_at, known.ended_at);
    same(name + "duration", call.duration, known.duration);
    same(name + "queue_id", call.queue_id, known.row);
    same(name + "campaign_id", call.campaign_id, known.campaign);
  }
}

void Run::compare_campaigns(UserId user) {
  for (const auto& [id, known] : model_.campaigns) {
    if (known.user != user) continue;
    const auto campaign = need("find_campaign", store().find_campaign(user, id));
    const auto name = "campaign " + text(id) + " ";
    const auto count = model_.statistics(id);
    same(name + "status", campaign.status, known.status);
    same(name + "started_at", campaign.started_at, known.started_at);
    same(name + "completed_at", campaign.completed_at, known.completed_at);
    same(name + "total_contacts", campaign.total_contacts, count.total_contacts);
    same(name + "completed_calls", campaign.completed_calls, count.completed_calls);
    same(name + "successful_calls", campaign.successful_calls, count.successful_calls);
    same(name + "failed_calls", campaign.failed_calls, count.failed_calls);
    if (need("campaign_statistics", store().campaign_statistics(user, id)) != count) {
      wrong(name + "statistics differ from a recount");
    }
  }
}

}  // namespace callqueue::model
