#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/campaign_outlook.hpp"
#include "callqueue/claim.hpp"
#include "callqueue/csv_import.hpp"
#include "callqueue/export.hpp"
#include "callqueue/forecast.hpp"
#include "callqueue/models.hpp"
#include "callqueue/page.hpp"
#include "callqueue/result.hpp"
#include "callqueue/schema.hpp"
#include "callqueue/statistics.hpp"

namespace callqueue {

// Models as JSON objects on one line, and events from JSON: what the command line, dialers in other
// languages and servers speak.
//
// Names are the database's columns. Ids are text, instants RFC 3339 in UTC, dates and times of day
// as in `time.hpp`, durations whole seconds under a name that ends in `_seconds`. What is absent is
// `null`, also a text that may be empty. `user_data` is the object itself; one that is no JSON
// becomes a string. Bytes that are no UTF-8 become U+FFFD. None of these fail.

[[nodiscard]] CALLQUEUE_API std::string to_json(const User& user);
/// The user's fields, then `active_calls`, `queued`, `ready`, `place`.
[[nodiscard]] CALLQUEUE_API std::string to_json(const UserActivity& activity);
[[nodiscard]] CALLQUEUE_API std::string to_json(const Agent& agent);
[[nodiscard]] CALLQUEUE_API std::string to_json(const Contact& contact);
/// Without the hash of its secret, which is in no JSON.
[[nodiscard]] CALLQUEUE_API std::string to_json(const AccessToken& token);
/// The 19 columns, and `rules`: timezone, clock, weekly_windows (seven lists of `{"opens",
/// "closes"}`, Monday first, or null), excluded_dates, retry, spread, call_deadline_seconds.
[[nodiscard]] CALLQUEUE_API std::string to_json(const CallCampaign& campaign);
[[nodiscard]] CALLQUEUE_API std::string to_json(const CampaignRules& rules);
[[nodiscard]] CALLQUEUE_API std::string to_json(const QueuedCall& queued);
[[nodiscard]] CALLQUEUE_API std::string to_json(const Call& call);

[[nodiscard]] CALLQUEUE_API std::string to_json(const CampaignStatistics& statistics);
[[nodiscard]] CALLQUEUE_API std::string to_json(const CampaignAnalytics& analytics);
[[nodiscard]] CALLQUEUE_API std::string to_json(const QueueStatistics& statistics);
[[nodiscard]] CALLQUEUE_API std::string to_json(const ExplainReason& reason);
[[nodiscard]] CALLQUEUE_API std::string to_json(const Forecast& forecast);
/// `timezone`, `open_intervals`, and what a forecast has.
[[nodiscard]] CALLQUEUE_API std::string to_json(const CampaignOutlook& outlook);
[[nodiscard]] CALLQUEUE_API std::string to_json(const SlotUse& use);
[[nodiscard]] CALLQUEUE_API std::string to_json(const MigrateResult& result);
/// `ok`, `version`, and the items.
[[nodiscard]] CALLQUEUE_API std::string to_json(const PreflightReport& report);
[[nodiscard]] CALLQUEUE_API std::string to_json(const VerifyReport& report);

[[nodiscard]] CALLQUEUE_API std::string to_json(const CsvError& error);
/// `import_id`, `imported_at`, what an error has, and `record`.
[[nodiscard]] CALLQUEUE_API std::string to_json(const ImportError& error);
[[nodiscard]] CALLQUEUE_API std::string to_json(const CsvReport& report);
[[nodiscard]] CALLQUEUE_API std::string to_json(const CsvPreview& preview);

/// What a dialer needs on top (`user_id`, `call_id`, `phone_number`, `next_action`), then `call`
/// and `queued` whole.
[[nodiscard]] CALLQUEUE_API std::string to_json(const ClaimedCall& claimed);
/// `call`, `queued`, `changed`, `ended`.
[[nodiscard]] CALLQUEUE_API std::string to_json(const CallReport& report);
/// `code`, `message`, `field`.
[[nodiscard]] CALLQUEUE_API std::string to_json(const Error& error);

/// A list as a JSON array.
template <class T>
[[nodiscard]] std::string to_json(const std::vector<T>& items) {
  std::string text = "[";
  for (const T& item : items) {
    if (text.size() > 1) text += ',';
    text += to_json(item);
  }
  return text += ']';
}

/// `items`, and `next_cursor` or null.
template <class T>
[[nodiscard]] std::string to_json(const PageOf<T>& page) {
  // A cursor is opaque but made of characters that need no escape.
  return "{\"items\":" + to_json(page.items) +
         ",\"next_cursor\":" + (page.next_cursor.empty() ? "null" : '"' + page.next_cursor + '"') +
         "}";
}

/// Reads rules as they are in a campaign's JSON. Fields that are absent, or `null`, stay as they
/// are in `base`; only `timezone` and `weekly_windows` are taken away by `null`.
///
/// @return `invalid_argument` naming the field (`retry.max_attempts`) for a wrong type, an unknown
/// spelling, a field that is not known or there twice; naming `rules` for what is no JSON object,
/// longer than 1 MiB or nested deeper than 32. Whether the rules make sense, `validate(const
/// CallCampaign&)` says.
[[nodiscard]] CALLQUEUE_API Result<CampaignRules> parse_campaign_rules(
    std::string_view json, const CampaignRules& base = {});

/// Reads a call event: `{"user_id", "call_id", "provider_call_id", "status", "outcome", "success",
/// "retryable", "answered_at", "ended_at", "duration_seconds", "failure_reason"}`.
///
/// `status` is any spelling that `set_status` takes; an `outcome` alone is enough. One of `call_id`
/// and `provider_call_id` must be there. An absent `user_id` stays nil, for a caller who knows it
/// from elsewhere. `null` means absent; unknown fields are ignored; of a field given twice the last
/// one counts.
///
/// @return `invalid_argument` naming the field for a wrong type, an unknown spelling, an outcome
/// that contradicts the status or a `provider_call_id` of more than 512 bytes, naming `event` for
/// what is no JSON object, is longer than 64 KiB or nested deeper than 32; `not_found` (`call_id`,
/// `user_id`) for a text that is no id: it is nobody's.
[[nodiscard]] CALLQUEUE_API Result<CallEvent> parse_call_event(std::string_view json);

/// Reads what a provider sends at once: one event, or a list of 1 to 1,000, in at most 1 MiB. Each
/// has a result of its own, as above.
/// @return `invalid_argument` (`events`) for what is neither, or nested deeper than 32.
[[nodiscard]] CALLQUEUE_API Result<std::vector<Result<CallEvent>>> parse_call_events(
    std::string_view json);

}  // namespace callqueue
