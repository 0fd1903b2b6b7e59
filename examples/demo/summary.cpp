#include "demo/summary.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace callqueue::demo {
namespace {

template <class T, class Fetch>
std::vector<T> all_pages(Fetch fetch) {
  std::vector<T> items;
  Page page{.limit = 1000, .cursor = {}};
  do {
    PageOf<T> part = value(fetch(page));
    for (auto& item : part.items) items.push_back(std::move(item));
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  return items;
}

/// The most calls at once: a call holds its slot from its claim until it ended.
int max_active(const std::vector<Call>& calls) {
  std::vector<std::pair<Instant, int>> changes;
  for (const auto& call : calls) {
    changes.emplace_back(call.created_at, 1);
    if (call.ended_at) changes.emplace_back(*call.ended_at, -1);
  }
  // An end comes before a start at the same instant: its slot is what the start took.
  std::sort(changes.begin(), changes.end());
  int active = 0;
  int most = 0;
  for (const auto& [at, change] : changes) most = std::max(most, active += change);
  return most;
}

CampaignSummary summarise(Store& store, const User& user, const CallCampaign& campaign) {
  const auto calls = all_pages<Call>([&](const Page& page) {
    return store.list_calls(user.id, {.campaign_id = campaign.id}, page);
  });
  CampaignSummary result{.campaign = campaign,
                         .rows = value(store.campaign_statistics(user.id, campaign.id)),
                         .timezone = resolve_timezone(CallClock::campaign, {},
                                                      campaign.rules.timezone, user.timezone)};
  if (calls.empty()) return result;
  const auto [first, last] =
      std::minmax_element(calls.begin(), calls.end(),
                          [](const Call& a, const Call& b) { return a.created_at < b.created_at; });
  const auto zone = [&](const Call& call) {
    return call.queue_id ? value(store.find_queued_call(user.id, *call.queue_id)).timezone
                         : result.timezone;
  };
  result.first_call_at = first->created_at;
  result.first_call_zone = zone(*first);
  result.last_call_at = last->created_at;
  result.last_call_zone = zone(*last);
  return result;
}

nlohmann::ordered_json instant(const std::optional<Instant>& at) {
  return at ? nlohmann::ordered_json(callqueue::to_text(*at)) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json json(const CampaignSummary& summary) {
  return {{"id", to_text(summary.campaign.id)},
          {"name", summary.campaign.name},
          {"user_id", to_text(summary.campaign.user_id)},
          {"timezone", summary.timezone},
          {"contacts", summary.rows.total_contacts},
          {"completed", summary.rows.completed_calls},
          {"successful", summary.rows.successful_calls},
          {"failed", summary.rows.failed_calls},
          {"skipped", summary.rows.skipped},
          {"attempts", summary.rows.attempts},
          {"first_call_at", instant(summary.first_call_at)},
          {"last_call_at", instant(summary.last_call_at)}};
}

nlohmann::ordered_json json(const UserSummary& summary) {
  return {{"user_id", to_text(summary.user.id)},
          {"limit", summary.user.concurrent_calls_limit},
          {"max_active", summary.max_active},
          {"calls", summary.calls}};
}

/// The widest table fits a terminal of 80 columns.
constexpr std::size_t name_columns = 25;

/// Padded by characters, not bytes.
std::string padded(std::string text, std::size_t columns) {
  const auto width = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
  return text + std::string(columns - std::min(columns, width), ' ');
}

std::string local(const std::optional<Instant>& at, const std::string& timezone) {
  return at ? value(TimeZone::load(timezone)).local_text(*at) : "-";
}

}  // namespace

Summary summarise(Store& store) {
  Summary summary{.system_limit = value(store.system_slots()).limit};
  std::vector<Call> all_calls;
  for (const auto& user :
       all_pages<User>([&](const Page& page) { return store.list_users(page); })) {
    auto campaigns = all_pages<CallCampaign>(
        [&](const Page& page) { return store.list_campaigns(user.id, {}, page); });
    std::reverse(campaigns.begin(), campaigns.end());  // In the order of creation.
    for (const auto& campaign : campaigns) {
      summary.campaigns.push_back(summarise(store, user, campaign));
    }
    const auto calls =
        all_pages<Call>([&](const Page& page) { return store.list_calls(user.id, {}, page); });
    summary.users.push_back({.user = user,
                             .max_active = max_active(calls),
                             .calls = static_cast<std::int64_t>(calls.size())});
    all_calls.insert(all_calls.end(), calls.begin(), calls.end());
  }
  summary.max_active = max_active(all_calls);
  return summary;
}

std::string to_json(const Summary& summary, const std::string& database) {
  nlohmann::ordered_json document{{"database", database},
                                  {"campaigns", nlohmann::ordered_json::array()}};
  for (const auto& campaign : summary.campaigns) document["campaigns"].push_back(json(campaign));
  auto users = nlohmann::ordered_json::array();
  for (const auto& user : summary.users) users.push_back(json(user));
  document["run"] = {{"max_active", summary.max_active},
                     {"system_limit", summary.system_limit},
                     {"users", std::move(users)}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_text(const Summary& summary) {
  std::string text;
  text +=
      padded("CAMPAIGN", name_columns) + " CONTACTS COMPLETED SUCCESSFUL FAILED SKIPPED ATTEMPTS\n";
  for (const auto& campaign : summary.campaigns) {
    const auto& rows = campaign.rows;
    text +=
        padded(campaign.campaign.name, name_columns) +
        fmt::format(" {:8} {:9} {:10} {:6} {:7} {:8}\n", rows.total_contacts, rows.completed_calls,
                    rows.successful_calls, rows.failed_calls, rows.skipped, rows.attempts);
    text += fmt::format("  first call {}, last call {}\n",
                        local(campaign.first_call_at, campaign.first_call_zone),
                        local(campaign.last_call_at, campaign.last_call_zone));
  }
  text += "\n" + padded("USER", name_columns) + " CALLS  MOST AT ONCE  LIMIT\n";
  for (const auto& user : summary.users) {
    text += padded(user.user.name, name_columns) + fmt::format(" {:5}  {:12}  {:5}\n", user.calls,
                                                               user.max_active,
                                                               user.user.concurrent_calls_limit);
  }
  std::int64_t calls = 0;
  for (const auto& user : summary.users) calls += user.calls;
  text += padded("all together", name_columns) +
          fmt::format(" {:5}  {:12}  {:5}\n", calls, summary.max_active, summary.system_limit);
  return text;
}

}  // namespace callqueue::demo
