#include "model/model.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace callqueue::model {

using namespace std::chrono_literals;

namespace {

bool is_open_row(const ModelRow& row) {
  return row.status == QueuedCallStatus::queued || row.status == QueuedCallStatus::processing;
}
bool is_active_call(const ModelCall& call) {
  return call.status == CallStatus::initiated || call.status == CallStatus::ringing ||
         call.status == CallStatus::in_progress;
}
bool is_over(CampaignStatus status) {
  return status == CampaignStatus::completed || status == CampaignStatus::cancelled;
}

/// The instant of a time of day on a date, in a zone.
Instant instant_of(std::chrono::sys_days day, TimeOfDay time, const std::string& timezone) {
  for (const auto& zone : zones) {
    if (timezone == zone.name) return Instant{day.time_since_epoch()} + time - zone.offset;
  }
  throw std::logic_error("the model does not know the zone " + timezone);
}

/// The window that opens on `day`, if one does.
std::optional<Interval> window_on(const ModelCampaign& campaign, const std::string& timezone,
                                  std::chrono::sys_days day) {
  if (day < std::chrono::sys_days{campaign.start_date}) return std::nullopt;
  if (campaign.end_date && day > std::chrono::sys_days{*campaign.end_date}) return std::nullopt;
  const auto closing_day = campaign.last < campaign.first ? day + std::chrono::days{1} : day;
  return Interval{instant_of(day, campaign.first, timezone),
                  instant_of(closing_day, campaign.last, timezone)};
}

std::chrono::sys_days day_of(Instant at) { return std::chrono::floor<std::chrono::days>(at); }

CallStatus final_status_of(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::answered:
    case CallOutcome::voicemail: return CallStatus::completed;
    case CallOutcome::busy: return CallStatus::busy;
    case CallOutcome::no_answer: return CallStatus::no_answer;
    case CallOutcome::cancelled: return CallStatus::cancelled;
    case CallOutcome::unknown: return CallStatus::unknown;
    default: return CallStatus::failed;
  }
}

CallOutcome plain_outcome_of(CallStatus status) {
  switch (status) {
    case CallStatus::completed: return CallOutcome::answered;
    case CallStatus::busy: return CallOutcome::busy;
    case CallStatus::no_answer: return CallOutcome::no_answer;
    case CallStatus::failed: return CallOutcome::failed;
    case CallStatus::cancelled: return CallOutcome::cancelled;
    default: return CallOutcome::unknown;
  }
}

bool is_final_call(CallStatus status) { return status >= CallStatus::completed; }

std::string text_of(CallOutcome outcome) { return std::string{to_text(outcome)}; }

}  // namespace

bool Model::is_open(const ModelCampaign& campaign, const std::string& timezone, Instant at) const {
  for (auto day = day_of(at) - std::chrono::days{3}; day <= day_of(at) + std::chrono::days{3};
       day += std::chrono::days{1}) {
    const auto window = window_on(campaign, timezone, day);
    if (window && window->opens_at <= at && at <= window->closes_at) return true;
  }
  return false;
}

std::optional<Instant> Model::next_open(const ModelCampaign& campaign, const std::string& timezone,
                                        Instant from) const {
  if (is_open(campaign, timezone, from)) return from;
  const auto first = std::max(day_of(from), std::chrono::sys_days{campaign.start_date});
  for (auto day = first - std::chrono::days{3}; day <= first + std::chrono::days{3};
       day += std::chrono::days{1}) {
    const auto window = window_on(campaign, timezone, day);
    if (window && window->opens_at >= from) return window->opens_at;
  }
  return std::nullopt;
}

std::string Model::zone_of(const ModelRow& row) const {
  const auto& campaign = campaigns.at(*row.campaign);
  const auto& contact = contacts.at(row.contact);
  if (campaign.clock == CallClock::contact && !contact.timezone.empty()) return contact.timezone;
  if (!campaign.timezone.empty()) return campaign.timezone;
  const auto& own = users.at(row.user).timezone;
  return own.empty() ? "UTC" : own;
}

std::optional<ContactId> Model::find_contact(UserId user, const std::string& phone) const {
  for (const auto& [id, contact] : contacts) {
    if (contact.user == user && contact.phone_number == phone) return id;
  }
  return std::nullopt;
}

int Model::active(std::optional<UserId> user) const {
  int count = 0;
  for (const auto& [id, call] : calls) {
    if (is_active_call(call) && (!user || call.user == *user)) ++count;
  }
  return count;
}

bool Model::is_busy(UserId user, const std::string& phone_number) const {
  return std::any_of(calls.begin(), calls.end(), [&](const auto& entry) {
    return entry.second.user == user && entry.second.phone_number == phone_number &&
           is_active_call(entry.second);
  });
}

CampaignStatistics Model::statistics(CampaignId id) const {
  CampaignStatistics count;
  for (const auto& [row_id, row] : rows) {
    if (row.campaign != id) continue;
    ++count.total_contacts;
    count.attempts += row.attempts;
    switch (row.status) {
      case QueuedCallStatus::queued: ++count.queued; break;
      case QueuedCallStatus::processing: ++count.processing; break;
      case QueuedCallStatus::completed:
        ++count.completed_calls;
        if (row.success == true) ++count.successful_calls;
        break;
      case QueuedCallStatus::failed: ++count.failed_calls; break;
      case QueuedCallStatus::cancelled: ++count.cancelled; break;
      case QueuedCallStatus::skipped: ++count.skipped; break;
    }
  }
  return count;
}

void Model::set_system_limit(int limit) {
  for (auto& [id, user] : users) {
    if (user.ceiling == system_limit) user.ceiling = limit;
  }
  system_limit = limit;
}

// --- Rows and campaigns ------------------------------------------------------------------------

Refusal Model::may_add(std::optional<CampaignId> campaign, ContactId contact) const {
  if (!campaign) return std::nullopt;
  if (is_over(campaigns.at(*campaign).status)) return ErrorCode::conflict;
  for (const auto& [id, row] : rows) {
    if (row.campaign == campaign && row.contact == contact && is_open_row(row)) {
      return ErrorCode::conflict;
    }
  }
  return std::nullopt;
}

void Model::add(QueuedCallId id, ModelRow row) {
  row.phone_number = contacts.at(row.contact).phone_number;
  row.created_at = now;
  if (row.campaign) {
    row.timezone = zone_of(row);
    note_zone(row);
  } else if (!row.not_after) {
    row.not_after = std::max(now, row.scheduled_for) + 15min;
  }
  rows.emplace(id, std::move(row));
}

void Model::note_zone(const ModelRow& row) {
  auto& known = row.staged ? imports.at(*row.staged).zones : campaigns.at(*row.campaign).zones;
  known.insert(row.timezone);
}

bool Model::has_open_rows(CampaignId id) const {
  return std::any_of(rows.begin(), rows.end(), [&](const auto& entry) {
    return entry.second.campaign == id && is_open_row(entry.second);
  });
}

void Model::complete_if_done(CampaignId id) {
  auto& campaign = campaigns.at(id);
  if (campaign.status == CampaignStatus::draft || campaign.completed_at || campaign.importing ||
      has_open_rows(id)) {
    return;
  }
  if (campaign.status != CampaignStatus::cancelled) campaign.status = CampaignStatus::completed;
  campaign.completed_at = now;
}

void Model::finish_row(ModelRow& row, QueuedCallStatus status, std::string reason) {
  row.status = status;
  row.failure_reason = std::move(reason);
  row.completed_at = now;
  if (row.campaign) complete_if_done(*row.campaign);
}

/// A campaign that was cancelled or has ended has no queued rows any more.
void Model::sweep(CampaignId id) {
  const bool cancelled = campaigns.at(id).status == CampaignStatus::cancelled;
  for (auto& [row_id, row] : rows) {
    if (row.campaign != id || row.status != QueuedCallStatus::queued) continue;
    if (cancelled) {
      finish_row(row, QueuedCallStatus::cancelled, "campaign_cancelled");
    } else {
      finish_row(row, row.attempts == 0 ? QueuedCallStatus::skipped : QueuedCallStatus::failed,
                 "campaign_ended");
    }
  }
  complete_if_done(id);
}

Refusal Model::set_status(CampaignId id, CampaignStatus from, CampaignStatus to) {
  using enum CampaignStatus;
  static const std::set<std::pair<CampaignStatus, CampaignStatus>> allowed = {
      {draft, scheduled},  {draft, active},     {draft, cancelled},     {scheduled, draft},
      {scheduled, active}, {scheduled, paused}, {scheduled, cancelled}, {active, paused},
      {active, cancelled}, {paused, active},    {paused, scheduled},    {paused, cancelled}};
  auto& campaign = campaigns.at(id);
  if (campaign.status != from || !allowed.contains({from, to})) return ErrorCode::conflict;
  campaign.status = to;
  if (to == active && !campaign.started_at) campaign.started_at = now;
  if (to == cancelled) sweep(id);
  if (statistics(id).total_contacts > 0) complete_if_done(id);
  return std::nullopt;
}

Refusal Model::delete_campaign(CampaignId id) {
  const bool in_flight = std::any_of(rows.begin(), rows.end(), [&](const auto& entry) {
    return entry.second.campaign == id && entry.second.status == QueuedCallStatus::processing;
  });
  if (in_flight || campaigns.at(id).importing) return ErrorCode::conflict;
  for (auto& [call_id, call] : calls) {
    if (call.campaign != id) continue;
    call.campaign.reset();
    call.row.reset();
  }
  std::erase_if(rows, [&](const auto& entry) { return entry.second.campaign == id; });
  campaigns.erase(id);
  return std::nullopt;
}

Refusal Model::cancel(QueuedCallId id) {
  auto& row = rows.at(id);
  if (row.status != QueuedCallStatus::queued) return ErrorCode::conflict;
  finish_row(row, QueuedCallStatus::cancelled, "asked to");
  return std::nullopt;
}

std::pair<Refusal, int> Model::cancel_contact(ContactId id) {
  std::vector<QueuedCallId> queued;
  for (const auto& [row_id, row] : rows) {
    if (row.contact != id) continue;
    if (row.status == QueuedCallStatus::processing) return {ErrorCode::conflict, 0};
    if (row.status == QueuedCallStatus::queued) queued.push_back(row_id);
  }
  for (const auto row_id : queued) {
    finish_row(rows.at(row_id), QueuedCallStatus::cancelled, "cancelled");
  }
  return {std::nullopt, static_cast<int>(queued.size())};
}

Refusal Model::delete_contact(ContactId id) {
  std::set<CampaignId> touched;
  for (const auto& [row_id, row] : rows) {
    if (row.contact != id) continue;
    if (row.status == QueuedCallStatus::processing) return ErrorCode::conflict;
    if (row.campaign && is_open_row(row)) touched.insert(*row.campaign);
  }
  for (auto& [call_id, call] : calls) {
    if (call.row && rows.at(*call.row).contact == id) call.row.reset();
  }
  std::erase_if(rows, [&](const auto& entry) { return entry.second.contact == id; });
  contacts.erase(id);
  for (const auto campaign : touched) complete_if_done(campaign);
  return std::nullopt;
}

void Model::move_contact(ContactId id, const std::string& timezone) {
  if (std::exchange(contacts.at(id).timezone, timezone) == timezone) return;
  for (auto& [row_id, row] : rows) {
    if (row.contact != id || !row.campaign || !is_open_row(row)) continue;
    // A change of the campaign's own clock or zone moves rows with the next `advance` only.
    if (campaigns.at(*row.campaign).clock != CallClock::contact) continue;
    row.timezone = zone_of(row);
    note_zone(row);
  }
}

// --- Time --------------------------------------------------------------------------------------

void Model::advance(const std::set<QueuedCallId>& left_behind) {
  std::vector<ImportId> silent;
  for (const auto& [id, import] : imports) {
    if (import.heartbeat + 10min <= now) silent.push_back(id);
  }
  for (const auto id : silent) abandon(id);
  for (auto& [id, row] : rows) {
    if (!row.campaign || !is_open_row(row) || left_behind.contains(id)) continue;
    row.timezone = zone_of(row);
    note_zone(row);
  }
  for (auto& [id, campaign] : campaigns) {
    if (is_over(campaign.status) || campaign.zones.empty()) continue;
    bool open = false;
    bool opens_again = false;
    for (const auto& zone : campaign.zones) {
      open = open || is_open(campaign, zone, now);
      opens_again = opens_again || next_open(campaign, zone, now).has_value();
    }
    if (!opens_again && !campaign.importing && campaign.status != CampaignStatus::draft) {
      campaign.status = CampaignStatus::completed;
      sweep(id);
      if (!has_open_rows(id) && !campaign.completed_at) campaign.completed_at = now;
    } else if (open && campaign.status == CampaignStatus::scheduled) {
      campaign.status = CampaignStatus::active;
      if (!campaign.started_at) campaign.started_at = now;
    }
  }
  for (auto& [id, call] : calls) {
    if (!is_active_call(call) || !call.lease_expires_at || *call.lease_expires_at > now) continue;
    if (!call.submitted_at) {
      put_back(call);
    } else {
      CallEvent lapse;
      lapse.status = CallStatus::unknown;
      lapse.failure_reason = "no_news";
      report(id, lapse);
    }
  }
  for (auto& [id, row] : rows) {
    if (row.status == QueuedCallStatus::queued && row.not_after && *row.not_after < now) {
      finish_row(row, QueuedCallStatus::skipped, "expired");
    }
  }
}

// --- Claims ------------------------------------------------------------------------------------

bool Model::has_room(UserId id) const {
  const auto& user = users.at(id);
  return active(id) < user.limit && active() < user.ceiling && active() < system_limit;
}

bool Model::is_claimable(const ModelRow& row) const {
  if (row.status != QueuedCallStatus::queued || row.scheduled_for > now || row.staged) return false;
  if (row.not_after && *row.not_after < now) return false;
  if (row.campaign) {
    const auto& campaign = campaigns.at(*row.campaign);
    if (campaign.status != CampaignStatus::active) return false;
    if (!is_open(campaign, row.timezone, now)) return false;
  }
  return !is_busy(row.user, row.phone_number);
}

std::optional<QueuedCallId> Model::next_row(UserId user) const {
  const auto order = [](const QueuedCallId& id, const ModelRow& row) {
    return std::tuple{row.campaign.has_value(), -row.priority, row.position, row.created_at, id};
  };
  std::optional<QueuedCallId> best;
  for (const auto& [id, row] : rows) {
    if (row.user != user || !is_claimable(row)) continue;
    if (!best || order(id, row) < order(*best, rows.at(*best))) best = id;
  }
  return best;
}

std::optional<UserId> Model::next_user() const {
  std::optional<UserId> best;
  for (const auto& [id, user] : users) {
    if (!has_room(id) || !next_row(id)) continue;
    if (!best || user.last_turn < users.at(*best).last_turn) best = id;
  }
  return best;
}

void Model::take(QueuedCallId row_id, CallId call_id, const std::string& worker,
                 std::chrono::seconds lease) {
  auto& row = rows.at(row_id);
  users.at(row.user).last_turn = ++turns;
  row.status = QueuedCallStatus::processing;
  row.failure_reason.clear();
  row.call = call_id;
  ++row.attempts;
  ModelCall call;
  call.user = row.user;
  call.row = row_id;
  call.campaign = row.campaign;
  call.phone_number = row.phone_number;
  call.attempt = row.attempts;
  call.worker = worker;
  call.created_at = now;
  call.lease_expires_at = now + lease;
  calls.emplace(call_id, call);
}

// --- Calls -------------------------------------------------------------------------------------

bool Model::may_dial(CallId id, const std::string& worker) const {
  const auto& call = calls.at(id);
  const bool held = call.status == CallStatus::initiated && call.worker == worker &&
                    !call.submitted_at && call.lease_expires_at && *call.lease_expires_at > now;
  const auto found = call.row ? rows.find(*call.row) : rows.end();
  if (!held || found == rows.end()) return false;
  const auto& row = found->second;
  if (row.status != QueuedCallStatus::processing || row.call != id) return false;
  if (row.not_after && *row.not_after < now) return false;
  if (!row.campaign) return true;
  const auto& campaign = campaigns.at(*row.campaign);
  return campaign.status != CampaignStatus::cancelled && is_open(campaign, row.timezone, now);
}

Refusal Model::renew(CallId id, const std::string& worker, std::chrono::seconds lease) {
  auto& call = calls.at(id);
  const bool held = call.status == CallStatus::initiated && call.worker == worker &&
                    call.provider_call_id.empty() && call.lease_expires_at &&
                    *call.lease_expires_at > now;
  if (!held) return ErrorCode::conflict;
  call.lease_expires_at = now + lease;
  return std::nullopt;
}

namespace {

std::chrono::seconds deadline_of(const Model& model, const ModelCall& call) {
  return call.campaign ? model.campaigns.at(*call.campaign).call_deadline : 3600s;
}

}  // namespace

void Model::accept(CallId id, const std::string& provider_call_id) {
  auto& call = calls.at(id);
  if (!call.provider_call_id.empty()) return;
  call.provider_call_id = provider_call_id;
  if (!is_active_call(call)) return;
  if (!call.submitted_at) call.submitted_at = now;
  call.lease_expires_at = now + deadline_of(*this, call);
}

Refusal Model::requeue(CallId id) {
  auto& call = calls.at(id);
  if (!is_active_call(call) || !call.provider_call_id.empty()) return ErrorCode::conflict;
  put_back(call);
  return std::nullopt;
}

void Model::put_back(ModelCall& call) {
  call.status = CallStatus::cancelled;
  call.outcome = CallOutcome::cancelled;
  call.ended_at = now;
  call.lease_expires_at.reset();
  if (!call.row) return;
  auto& row = rows.at(*call.row);
  --row.attempts;
  row.call.reset();
  row.status = QueuedCallStatus::queued;
  if (row.campaign && is_over(campaigns.at(*row.campaign).status)) sweep(*row.campaign);
}

bool Model::report(CallId id, const CallEvent& event) {
  auto& call = calls.at(id);
  const auto before = call;
  CallStatus said{};
  if (event.status) {
    said = *event.status;
  } else if (event.outcome) {
    said = final_status_of(*event.outcome);
  } else {
    const bool answered = call.answered_at || call.status == CallStatus::in_progress ||
                          event.answered_at || event.duration.value_or(0s) > 0s ||
                          call.duration.value_or(0s) > 0s;
    said = answered ? CallStatus::completed : CallStatus::failed;
  }
  if (call.provider_call_id.empty()) call.provider_call_id = event.provider_call_id;
  if (!call.answered_at && event.answered_at) {
    call.answered_at = std::clamp(*event.answered_at, call.created_at, now);
  }
  if (!call.duration && is_final_call(said)) call.duration = event.duration;

  bool freed = false;
  bool learnt = false;
  if (!is_final_call(said)) {
    const bool alive = is_active_call(call);
    if ((alive || call.status == CallStatus::unknown) && said == CallStatus::in_progress &&
        !call.answered_at) {
      call.answered_at = now;
    }
    if (alive) call.status = std::max(call.status, said);
    if (alive && (!call.provider_call_id.empty() || call.status != CallStatus::initiated)) {
      if (!call.submitted_at) call.submitted_at = now;
      call.lease_expires_at = now + deadline_of(*this, call);
    }
  } else if (is_active_call(call) ||
             (call.status == CallStatus::unknown && said != CallStatus::unknown)) {
    freed = is_active_call(call);
    learnt = !freed;
    call.status = said;
    call.outcome = event.outcome && final_status_of(*event.outcome) == said
                       ? *event.outcome
                       : plain_outcome_of(said);
    call.ended_at = event.ended_at ? event.ended_at : call.ended_at.value_or(now);
    call.lease_expires_at.reset();
  }
  if (call.ended_at && call.answered_at > call.ended_at && call.status != CallStatus::unknown) {
    call.answered_at = call.ended_at;
  }
  if (call.status == CallStatus::completed) {
    const bool implied = call.outcome == CallOutcome::answered;
    if (!call.success) call.success = implied;
    if (event.success && *event.success != implied) call.success = event.success;
  }

  if (!call.row || rows.at(*call.row).call != id) return freed;
  auto& row = rows.at(*call.row);
  const auto reason =
      event.failure_reason.empty() && call.outcome ? text_of(*call.outcome) : event.failure_reason;
  if (freed) {
    row.failure_reason = reason;
    settle(call, row, event.retryable);
  } else if (learnt && call.status == CallStatus::completed) {
    row.status = QueuedCallStatus::completed;
    row.success = call.success;
    row.failure_reason.clear();
  } else if (before.status == CallStatus::completed && row.status == QueuedCallStatus::completed) {
    row.success = call.success;
  }
  return freed;
}

/// What becomes of the row of a call that has just ended.
void Model::settle(const ModelCall& call, ModelRow& row, std::optional<bool> retryable) {
  const auto outcome = *call.outcome;
  if (row.campaign && retryable != false && outcome != CallOutcome::unknown) {
    const auto& campaign = campaigns.at(*row.campaign);
    const auto& policy = campaign.retry;
    const bool listed =
        std::find(policy.outcomes.begin(), policy.outcomes.end(), outcome) != policy.outcomes.end();
    if (listed && row.attempts < policy.max_attempts && !is_over(campaign.status)) {
      const auto step =
          std::min(static_cast<std::size_t>(row.attempts) - 1, policy.delays.size() - 1);
      if (const auto due =
              next_open(campaign, row.timezone, *call.ended_at + policy.delays[step])) {
        row.status = QueuedCallStatus::queued;
        row.scheduled_for = *due;
        row.failure_reason.clear();
        return;
      }
    }
  }
  if (call.status == CallStatus::completed) {
    row.success = call.success;
    finish_row(row, QueuedCallStatus::completed, {});
  } else {
    finish_row(
        row,
        outcome == CallOutcome::cancelled ? QueuedCallStatus::cancelled : QueuedCallStatus::failed,
        row.failure_reason);
  }
}

// --- Imports -----------------------------------------------------------------------------------

ImportOutcome Model::stage(const ModelImport& import, const ImportRow& row) const {
  const auto contact = find_contact(import.user, row.phone_number);
  if (!contact) return ImportOutcome::imported;
  bool skipped = false;
  for (const auto& [id, other] : rows) {
    if (other.campaign != import.campaign || other.contact != *contact) continue;
    if (other.staged) return ImportOutcome::duplicate_in_file;
    skipped = skipped || is_open_row(other) || !import.again;
  }
  return skipped ? ImportOutcome::already_in_campaign : ImportOutcome::matched;
}

void Model::publish(ImportId id) {
  auto& zones_of_campaign = campaigns.at(imports.at(id).campaign).zones;
  zones_of_campaign.merge(imports.at(id).zones);
  for (auto& [row_id, row] : rows) {
    if (row.staged == id) row.staged.reset();
  }
  close_import(id);
}

void Model::abandon(ImportId id) {
  take_back(id);
  close_import(id);
}

void Model::take_back(ImportId id) {
  std::erase_if(rows, [&](const auto& entry) { return entry.second.staged == id; });
  if (imports.at(id).atomic) {
    for (const auto contact : imports.at(id).new_contacts) {
      const bool used = std::any_of(rows.begin(), rows.end(), [&](const auto& entry) {
        return entry.second.contact == contact;
      });
      if (!used) contacts.erase(contact);
    }
  }
}

void Model::close_import(ImportId id) {
  const auto campaign = imports.at(id).campaign;
  imports.erase(id);
  campaigns.at(campaign).importing = false;
  complete_if_done(campaign);
}

}  // namespace callqueue::model
