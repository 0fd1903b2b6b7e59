#include "model/steps.hpp"

#include <algorithm>

#include "model/agreement.hpp"

namespace callqueue::model {

using namespace std::chrono_literals;

void Run::advance(int budget) {
  for (int round = 0;; ++round) {
    if (round == 10'000) wrong("advance never comes to an end");
    if (!need("advance", store().advance({.budget = budget})).more) break;
  }
  model_.advance(rows_left_behind());
}

/// Rows that were to change lane, but whose call lapsed first: which of the two comes first where
/// both are due is not promised, and only the store knows.
std::set<QueuedCallId> Run::rows_left_behind() {
  std::set<QueuedCallId> left;
  for (const auto& [id, row] : model_.rows) {
    if (row.status != QueuedCallStatus::processing || !row.campaign) continue;
    if (model_.zone_of(row) == row.timezone) continue;
    const auto found = need("find_queued_call", store().find_queued_call(row.user, id));
    if (is_final(found.status) && found.timezone == row.timezone) left.insert(id);
  }
  return left;
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

}  // namespace callqueue::model
