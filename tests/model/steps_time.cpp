#include "model/steps.hpp"

#include <algorithm>

#include "model/agreement.hpp"

namespace callqueue::model {

using namespace std::chrono_literals;

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
    world_->pass(jumps[step.b % jumps.size()]);
  } else {
    // To an instant at which something happens, or just beyond: ends are inclusive.
    world_->pass_to(ahead[step.b % ahead.size()] + std::chrono::microseconds{step.c % 2});
  }
  model_.now = world_->now();
  return true;
}

bool Run::advance_a_little(const Step& step) {
  advance(1 + static_cast<int>(step.a % 5));
  return true;
}

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
  const auto staged = need("stage_import", store().stage_import(import.user, import_id, file));
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
    need("abandon_import", store().abandon_import(found->second.user, id));
    model_.abandon(id);
  } else {
    need("publish_import", store().publish_import(found->second.user, id));
    model_.publish(id);
  }
  return true;
}

bool Run::crash(const Step&) {
  // Ids rise from one millisecond to the next, whoever makes them: rows are listed in that order.
  world_->pass(1ms);
  model_.now = world_->now();
  world_->reopen();
  return true;
}

}  // namespace callqueue::model
