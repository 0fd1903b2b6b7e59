#include "store/rows.hpp"

#include <simdjson.h>

#include <new>

#include "json/json_value.hpp"

namespace callqueue {
namespace {

constexpr char kCampaign[] = "SELECT " CALLQUEUE_CAMPAIGN_COLUMNS CALLQUEUE_CAMPAIGN_FROM
                             "WHERE c.user_id = ?1 AND c.id = ?2";

using simdjson::dom::array;
using simdjson::dom::element;

[[noreturn]] void corrupt(std::string_view what) {
  throw Failure{ErrorCode::corrupt, "the database holds an unreadable " + std::string{what},
                std::string{what}};
}

template <class T>
T known(const std::optional<T>& parsed, std::string_view what) {
  if (!parsed) corrupt(what);
  return *parsed;
}

template <class T>
T good(const Result<T>& parsed, std::string_view what) {
  if (!parsed) corrupt(what);
  return *parsed;
}

/// Rules are written by us; whoever else wrote them may have made mistakes.
template <class Read>
auto from_json(const std::string& text, std::string_view what, Read&& read) {
  simdjson::dom::parser parser;
  element json;
  const auto failed = parser.parse(text).get(json);
  if (failed == simdjson::MEMALLOC) throw std::bad_alloc{};
  if (failed != simdjson::SUCCESS) corrupt(what);
  try {
    return read(json.get_array().value());
  } catch (const simdjson::simdjson_error&) {
    corrupt(what);
  }
}

std::string text_of(element json) { return std::string{json.get_string().value()}; }

WeeklyWindows read_windows(const std::string& text) {
  return from_json(text, "weekly_windows", [](array week) {
    WeeklyWindows windows;
    if (week.size() != windows.size()) corrupt("weekly_windows");
    for (std::size_t day = 0; day < windows.size(); ++day) {
      const array list = week.at(day).get_array().value();
      for (const element window : list) {
        const auto at = [&](std::size_t end) {
          return good(parse_time_of_day(text_of(window.at(end).value())), "weekly_windows");
        };
        windows[day].push_back({at(0), at(1)});
      }
    }
    return windows;
  });
}

std::vector<LocalDate> read_dates(const std::string& text) {
  return from_json(text, "excluded_dates", [](array list) {
    std::vector<LocalDate> dates;
    for (const element date : list) {
      dates.push_back(good(parse_local_date(text_of(date)), "excluded_dates"));
    }
    return dates;
  });
}

RetryPolicy read_retry(const Rows& row, int column) {
  RetryPolicy retry;
  retry.outcomes = from_json(row.get<std::string>(column), "retry_outcomes", [](array list) {
    std::vector<CallOutcome> outcomes;
    for (const element outcome : list) {
      outcomes.push_back(known(parse_call_outcome(text_of(outcome)), "retry_outcomes"));
    }
    return outcomes;
  });
  retry.max_attempts = row.get<int>(column + 1);
  retry.delays = from_json(row.get<std::string>(column + 2), "retry_delays", [](array list) {
    std::vector<std::chrono::seconds> delays;
    for (const element delay : list) delays.emplace_back(delay.get_int64().value());
    return delays;
  });
  return retry;
}

}  // namespace

QueuedCall read_queued_call(const Rows& row) {
  return {.id = get_id<QueuedCallId>(row, 0),
          .user_id = get_id<UserId>(row, 1),
          .campaign_id = get_optional_id<CampaignId>(row, 2),
          .agent_id = get_id<AgentId>(row, 3),
          .contact_id = get_id<ContactId>(row, 4),
          .phone_number = row.get<std::string>(5),
          .contact_name = row.get<std::string>(6),
          .user_data = row.get<std::string>(7),
          .status = queued_call_status_of(row.get<std::string_view>(8)),
          .priority = row.get<int>(9),
          .position = row.get<std::int64_t>(10),
          .scheduled_for = row.get<Instant>(11),
          .started_at = get_optional<Instant>(row, 12),
          .completed_at = get_optional<Instant>(row, 13),
          .call_id = get_optional_id<CallId>(row, 14),
          .failure_reason = row.get<std::string>(15),
          .last_system_allocation_at = get_optional<Instant>(row, 16),
          .created_at = row.get<Instant>(17),
          .updated_at = row.get<Instant>(18),
          .timezone = row.get<std::string>(19),
          .attempts = row.get<int>(20),
          .success = get_optional<bool>(row, 21),
          .not_after = get_optional<Instant>(row, 22)};
}

void read_held_row(const Rows& row, HeldCall& held) {
  constexpr int kRulesFrom = 23;
  held.queued = read_queued_call(row);
  if (row.is_null(kRulesFrom)) return;
  held.call_deadline = std::chrono::seconds{row.get<std::int64_t>(kRulesFrom)};
  held.max_attempts = row.get<int>(kRulesFrom + 1);
}

Call read_call(const Rows& row, int from) {
  // A host may have words of its own for how a call ended, and for whom it was made.
  std::optional<CallOutcome> outcome;
  if (!row.is_null(from + 10)) {
    outcome =
        parse_call_outcome(row.get<std::string_view>(from + 10)).value_or(CallOutcome::unknown);
  }
  std::optional<std::chrono::seconds> duration;
  if (!row.is_null(from + 20)) duration = std::chrono::seconds{row.get<std::int64_t>(from + 20)};
  return {
      .id = get_id<CallId>(row, from),
      .user_id = get_id<UserId>(row, from + 1),
      .agent_id = get_optional_id<AgentId>(row, from + 2),
      .contact_id = get_optional_id<ContactId>(row, from + 3),
      .campaign_id = get_optional_id<CampaignId>(row, from + 4),
      .queue_id = get_optional_id<QueuedCallId>(row, from + 5),
      .phone_number = row.get<std::string>(from + 6),
      .call_type = parse_call_type(row.get<std::string_view>(from + 7)).value_or(CallType::direct),
      .attempt = row.get<int>(from + 8),
      .status = call_status_of(row.get<std::string_view>(from + 9)),
      .outcome = outcome,
      .success = get_optional<bool>(row, from + 11),
      .provider_call_id = row.get<std::string>(from + 12),
      .leased_by = row.get<std::string>(from + 13),
      .lease_expires_at = get_optional<Instant>(row, from + 14),
      .submitted_at = get_optional<Instant>(row, from + 15),
      .created_at = row.get<Instant>(from + 16),
      .started_at = get_optional<Instant>(row, from + 17),
      .answered_at = get_optional<Instant>(row, from + 18),
      .ended_at = get_optional<Instant>(row, from + 19),
      .duration = duration,
      .failure_reason = row.get<std::string>(from + 21)};
}

CallCampaign read_campaign(const Rows& row) {
  CallCampaign campaign{.id = get_id<CampaignId>(row, 0),
                        .user_id = get_id<UserId>(row, 1),
                        .name = row.get<std::string>(2),
                        .description = row.get<std::string>(3),
                        .agent_id = get_id<AgentId>(row, 4),
                        .next_action = row.get<std::string>(5),
                        .first_call_time = row.time_of_day(6),
                        .last_call_time = row.time_of_day(7),
                        .status = campaign_status_of(row.get<std::string_view>(8)),
                        .total_contacts = row.get<std::int64_t>(9),
                        .completed_calls = row.get<std::int64_t>(10),
                        .successful_calls = row.get<std::int64_t>(11),
                        .failed_calls = row.get<std::int64_t>(12),
                        .start_date = row.get<LocalDate>(13),
                        .end_date = get_optional<LocalDate>(row, 14),
                        .created_at = row.get<Instant>(15),
                        .updated_at = row.get<Instant>(16),
                        .started_at = get_optional<Instant>(row, 17),
                        .completed_at = get_optional<Instant>(row, 18),
                        .rules = {}};
  auto& rules = campaign.rules;
  rules.timezone = row.get<std::string>(19);
  rules.clock =
      row.get<std::string_view>(20) == "campaign" ? CallClock::campaign : CallClock::contact;
  if (!row.is_null(21)) rules.weekly_windows = read_windows(row.get<std::string>(21));
  rules.excluded_dates = read_dates(row.get<std::string>(22));
  rules.retry = read_retry(row, 23);
  rules.spread = row.get<bool>(26);
  rules.call_deadline = std::chrono::seconds{row.get<std::int64_t>(27)};
  return campaign;
}

CallCampaign load_campaign(Session& session, UserId user_id, CampaignId id) {
  auto row = session.query(kCampaign, user_id, id);
  if (!row.step()) throw Failure{ErrorCode::not_found, "no such campaign", "campaign_id"};
  return read_campaign(row);
}

std::optional<CallCampaign> readable_campaign(const Rows& row) {
  try {
    return read_campaign(row);
  } catch (const Failure& failure) {
    if (failure.error().code != ErrorCode::corrupt) throw;
    return std::nullopt;
  }
}

std::optional<CallCampaign> readable_campaign(Session& session, UserId user_id, CampaignId id) {
  auto row = session.query(kCampaign, user_id, id);
  return row.step() ? readable_campaign(row) : std::nullopt;
}

std::string windows_to_json(const WeeklyWindows& windows) {
  auto week = json::Json::array();
  for (const auto& day : windows) {
    auto list = json::Json::array();
    for (const auto& window : day) {
      list.push_back(
          std::vector{time_of_day_to_text(window.opens), time_of_day_to_text(window.closes)});
    }
    week.push_back(list);
  }
  return json::dump(week);
}

std::string dates_to_json(const std::vector<LocalDate>& dates) {
  auto list = json::Json::array();
  for (const auto date : dates) list.push_back(to_text(date));
  return json::dump(list);
}

std::string outcomes_to_json(const std::vector<CallOutcome>& outcomes) {
  auto list = json::Json::array();
  for (const auto outcome : outcomes) list.push_back(to_text(outcome));
  return json::dump(list);
}

std::string delays_to_json(const std::vector<std::chrono::seconds>& delays) {
  auto list = json::Json::array();
  for (const auto delay : delays) list.push_back(delay.count());
  return json::dump(list);
}

CampaignStatus campaign_status_of(std::string_view text) {
  return known(parse_campaign_status(text), "status");
}
QueuedCallStatus queued_call_status_of(std::string_view text) {
  return known(parse_queued_call_status(text), "status");
}
CallStatus call_status_of(std::string_view text) {
  return known(parse_call_status(text), "status");
}

}  // namespace callqueue
