#include "services/checks.hpp"

#include <algorithm>
#include <string>

#include "callqueue/priority.hpp"
#include "callqueue/time_zone.hpp"
#include "callqueue/validate.hpp"
#include "e164.hpp"

namespace callqueue {
namespace {

Result<void> invalid(std::string message, std::string_view field) {
  return fail(ErrorCode::invalid_argument, std::move(message), std::string(field));
}

template <class Id>
Result<void> check_id(const Id& id, std::string_view field) {
  if (id.is_nil()) return invalid(std::string(field) + " is missing", field);
  return {};
}

Result<void> check_email(std::string_view email) {
  if (email.empty()) return {};
  const auto at = email.find('@');
  const bool looks_right = at != std::string_view::npos && at > 0 && at + 1 < email.size() &&
                           email.find('@', at + 1) == std::string_view::npos &&
                           email.find_first_of(" \t\r\n") == std::string_view::npos;
  if (!looks_right) return invalid("email is not an address like name@example.com", "email");
  return check_short_text(email, "email");
}

Result<void> check_phone_number(std::string_view number) {
  if (!is_e164(number)) {
    return invalid("phone_number is not in E.164 (a plus sign, then 7 to 15 digits)",
                   "phone_number");
  }
  return {};
}

/// Lists that every claim, roll or retry of a campaign may read are no longer than anybody needs.
Result<void> check_lists(const CampaignRules& rules) {
  constexpr std::size_t max_windows_a_day = 96;  // One every quarter of an hour.
  constexpr std::size_t max_excluded_dates = 3'660;
  constexpr std::size_t max_retry_rules = 100;
  const auto too_many = [](std::size_t most, std::string_view field) {
    return invalid(std::string(field) + " holds more than " + std::to_string(most) + " entries",
                   field);
  };
  for (const auto& day : rules.weekly_windows.value_or(WeeklyWindows{})) {
    if (day.size() > max_windows_a_day) return too_many(max_windows_a_day, "weekly_windows");
  }
  if (rules.excluded_dates.size() > max_excluded_dates) {
    return too_many(max_excluded_dates, "excluded_dates");
  }
  if (std::max(rules.retry.delays.size(), rules.retry.outcomes.size()) > max_retry_rules) {
    return too_many(max_retry_rules, "retry");
  }
  return {};
}

/// The columns hold a window even where weekly windows replace it.
Result<void> check_windows(const CallCampaign& campaign) {
  CallingRules daily = calling_rules(campaign);
  daily.windows = every_day({campaign.first_call_time, campaign.last_call_time});
  return validate(daily).and_then([&] {
    return validate(calling_rules(campaign)).map_error([](Error error) {
      if (error.field == "windows") error.field = "weekly_windows";
      return error;
    });
  });
}

Result<void> check_call_deadline(std::chrono::seconds deadline) {
  if (deadline < std::chrono::minutes(1) || deadline > std::chrono::hours(24)) {
    return invalid("call_deadline must be from 1 minute to 24 hours", "call_deadline");
  }
  return {};
}

}  // namespace

Result<void> check_name(std::string_view name, std::string_view field) {
  if (is_blank(name)) return invalid(std::string(field) + " is empty", field);
  return check_short_text(name, field);
}

Result<void> check_timezone(std::string_view name) {
  if (name.empty()) return {};
  return TimeZone::load(name, "timezone").map([](const TimeZone&) {});
}

Result<void> check_limit(int limit, std::string_view field) {
  if (limit < 0) return invalid(std::string(field) + " must not be negative", field);
  return {};
}

Result<void> check_page(const Page& page) {
  if (page.limit < 1 || page.limit > 1000) return invalid("limit must be from 1 to 1000", "limit");
  return {};
}

Result<void> check_claim(const ClaimRequest& request) {
  if (request.limit < 1 || request.limit > 1000) {
    return invalid("limit must be from 1 to 1000", "limit");
  }
  if (request.lease < std::chrono::seconds(1) || request.lease > std::chrono::hours(1)) {
    return invalid("lease must be from 1 second to 1 hour", "lease");
  }
  if (request.only && !request.only_user) {
    return invalid("only_user is required with only", "only_user");
  }
  return check_name(request.worker, "worker");
}

Result<void> validate(const User& user) {
  return check_name(user.name)
      .and_then([&] { return check_email(user.email); })
      .and_then([&] { return check_timezone(user.timezone); })
      .and_then([&] { return check_limit(user.concurrent_calls_limit, "concurrent_calls_limit"); })
      .and_then([&] {
        return check_limit(user.system_concurrent_calls_limit, "system_concurrent_calls_limit");
      });
}

Result<void> validate(const Agent& agent) {
  return check_id(agent.user_id, "user_id").and_then([&] { return check_name(agent.name); });
}

Result<void> validate(const Contact& contact) {
  return check_id(contact.user_id, "user_id")
      .and_then([&] { return check_phone_number(contact.phone_number); })
      .and_then([&] { return check_short_text(contact.name, "name"); })
      .and_then([&] { return check_email(contact.email); })
      .and_then([&] { return check_short_text(contact.company, "company"); })
      .and_then([&] { return check_text(contact.notes, "notes"); })
      .and_then([&] { return check_timezone(contact.timezone); });
}

Result<void> validate(const CallCampaign& campaign) {
  return check_id(campaign.user_id, "user_id")
      .and_then([&] { return check_name(campaign.name); })
      .and_then([&] { return check_text(campaign.description, "description"); })
      .and_then([&] { return check_id(campaign.agent_id, "agent_id"); })
      .and_then([&] { return check_text(campaign.next_action, "next_action"); })
      .and_then([&] { return check_rules(campaign); });
}

Result<void> check_rules(const CallCampaign& campaign) {
  return check_timezone(campaign.rules.timezone)
      .and_then([&] { return check_lists(campaign.rules); })
      .and_then([&] { return check_windows(campaign); })
      .and_then([&] { return validate(campaign.rules.retry); })
      .and_then([&] { return check_call_deadline(campaign.rules.call_deadline); });
}

Result<void> check_assumptions(const CampaignAssumptions& assumptions) {
  constexpr std::int64_t most_contacts = 100'000'000;
  if (assumptions.contacts < 0 || assumptions.contacts > most_contacts) {
    return invalid("contacts must be from 0 to 100,000,000", "contacts");
  }
  if (assumptions.call_duration < std::chrono::seconds(1) ||
      assumptions.call_duration > std::chrono::hours(24)) {
    return invalid("call_duration must be from 1 second to 24 hours", "call_duration");
  }
  return check_limit(assumptions.concurrent_calls_limit.value_or(0), "concurrent_calls_limit");
}

Result<void> validate(const AccessToken& token) {
  if (token.role == AccessRole::administrator && token.user_id) {
    return invalid("an administrator's token has no user_id", "user_id");
  }
  return check_name(token.name).and_then([&]() -> Result<void> {
    if (token.role == AccessRole::administrator) return {};
    return check_id(token.user_id.value_or(UserId{}), "user_id");
  });
}

}  // namespace callqueue
