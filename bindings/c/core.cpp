// Decisions alone: no store.
#include "callqueue/core.hpp"

#include <cmath>

#include "bindings/c/hand_out.hpp"
#include "bindings/c/values.hpp"

struct cq_calling_rules {
  callqueue::CallingRules rules;
  callqueue::RetryPolicy retry;
  callqueue::TimeZone zone;
};

struct cq_round_robin {
  callqueue::RoundRobinAllocator allocator;
  std::array<char, 37> last{};
};

namespace callqueue::c {
namespace {

cq_calling_rules rules_from(const cq_campaign& campaign, const char* zone) {
  CallCampaign made{.first_call_time = time_of_day(campaign.first_call_time, "first_call_time"),
                    .last_call_time = time_of_day(campaign.last_call_time, "last_call_time"),
                    .rules = rules_of(campaign.rules)};
  cq_calling_rules all{.rules = calling_rules(made),
                       .retry = made.rules.retry,
                       .zone = value(TimeZone::load(needed_text(zone, "timezone")))};
  all.rules.start_date.reset();
  if (campaign.start_date != nullptr) {
    all.rules.start_date = date(campaign.start_date, "start_date");
  }
  if (campaign.end_date != nullptr) all.rules.end_date = date(campaign.end_date, "end_date");
  value(validate(all.rules).map_error([](Error error) {  // What that is called in a campaign.
    if (error.field == "windows") error.field = "weekly_windows";
    return error;
  }));
  value(validate(all.retry));
  return all;
}

ForecastInput input_of(const cq_forecast_input& input) {
  constexpr std::int64_t most_rows = 1'000'000'000;
  if (input.open_rows < 0 || input.open_rows > most_rows) refuse("open_rows", "is out of bounds");
  if (input.rows_ahead < 0 || input.rows_ahead > most_rows)
    refuse("rows_ahead", "is out of bounds");
  if (!(input.system_share >= 0) || std::isinf(input.system_share)) {
    refuse("system_share", "must be a number, not below 0");
  }
  if (!(input.attempts_per_row >= 1) || std::isinf(input.attempts_per_row)) {
    refuse("attempts_per_row", "must be at least 1");
  }
  return {.open_rows = input.open_rows,
          .rows_ahead = input.rows_ahead,
          .user_limit = input.user_limit,
          .system_share = input.system_share,
          .mean_duration = seconds(input.mean_duration_seconds, "mean_duration"),
          .attempts_per_row = input.attempts_per_row};
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

int32_t cq_priority(int32_t base, int32_t named_contact, const char* contact_name, int32_t custom) {
  return priority({.base = base, .named_contact = named_contact},
                  contact_name == nullptr ? "" : contact_name, custom);
}

cq_status cq_calling_rules_create(const cq_campaign* campaign, const char* zone,
                                  cq_calling_rules** rules, cq_error** error) {
  c::clear(rules);
  return c::guard(error, [&] {
    auto& made = c::out(rules, "rules");
    made = new cq_calling_rules{c::rules_from(c::needed(campaign, "campaign"), zone)};
  });
}

void cq_calling_rules_free(cq_calling_rules** rules) {
  if (rules == nullptr) return;
  delete *rules;
  *rules = nullptr;
}

cq_status cq_is_open(const cq_calling_rules* rules, int64_t now, int32_t* open, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(open, "open");
    const auto& host = c::handle(rules, "rules");
    told = is_open(host.rules, host.zone, c::instant(now, "now"));
  });
}

cq_status cq_next_open_interval(const cq_calling_rules* rules, int64_t after, int64_t* opens_at,
                                int64_t* closes_at, cq_error** error) {
  return c::guard(error, [&] {
    auto& opens = c::number(opens_at, "opens_at");
    auto& closes = c::number(closes_at, "closes_at");
    const auto& host = c::handle(rules, "rules");
    const auto next = next_open_interval(host.rules, host.zone, c::instant(after, "after"));
    opens = next ? c::instant(next->opens_at) : CQ_NO_INSTANT;
    closes = next ? c::instant(next->closes_at) : CQ_NO_INSTANT;
  });
}

cq_status cq_retry_at(const cq_calling_rules* rules, int32_t outcome, int32_t attempts_made,
                      int64_t ended_at, int64_t* at, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(at, "at");
    const auto& host = c::handle(rules, "rules");
    const auto how = c::enumerator(outcome, CallOutcome::unknown, "outcome");
    if (attempts_made < 1) c::refuse("attempts_made", "must be above 0");
    told = c::instant(retry_at(host.retry, how, attempts_made, c::instant(ended_at, "ended_at"),
                               host.rules, host.zone));
  });
}

cq_status cq_spread(const cq_calling_rules* rules, size_t count, int64_t from, int64_t* instants,
                    size_t* written, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(written, "written");
    const auto& host = c::handle(rules, "rules");
    if (count > 0 && instants == nullptr) c::refuse("instants", "is missing");
    const auto over = spread_over(count, host.rules, host.zone, c::instant(from, "from"));
    told = over ? over->count : 0;
    for (size_t i = 0; i < told; ++i) instants[i] = c::instant(over->at(i));
  });
}

cq_status cq_forecast(const cq_calling_rules* rules, const cq_forecast_input* input, int64_t now,
                      cq_forecast_result* forecast, cq_error** error) {
  return c::fills(forecast, "forecast", error, [&] {
    const auto& host = c::handle(rules, "rules");
    return callqueue::forecast(c::input_of(c::needed(input, "input")), host.rules, host.zone,
                               c::instant(now, "now"));
  });
}

cq_status cq_round_robin_create(cq_round_robin** allocator, cq_error** error) {
  c::clear(allocator);
  return c::guard(error, [&] {
    auto& made = c::out(allocator, "allocator");
    made = new cq_round_robin;
  });
}

void cq_round_robin_free(cq_round_robin** allocator) {
  if (allocator == nullptr) return;
  delete *allocator;
  *allocator = nullptr;
}

cq_status cq_round_robin_add(cq_round_robin* allocator, const char* user_id, uint64_t turn,
                             int64_t headroom, int64_t ready, cq_error** error) {
  return c::guard(error, [&] {
    c::handle(allocator, "allocator")
        .allocator.add({.user_id = c::id<UserId>(user_id, "user_id"),
                        .turn = turn,
                        .headroom = headroom,
                        .ready = ready});
  });
}

cq_status cq_round_robin_next(cq_round_robin* allocator, const char** user_id, cq_error** error) {
  c::clear(user_id);
  return c::guard(error, [&] {
    auto& taken = c::out(user_id, "user_id");
    auto& host = c::handle(allocator, "allocator");
    const auto next = host.allocator.next();
    if (!next) return;
    const auto text = to_text(*next);
    std::memcpy(host.last.data(), text.c_str(), text.size() + 1);
    taken = host.last.data();
  });
}

void cq_round_robin_drop_last(cq_round_robin* allocator) {
  if (allocator != nullptr) allocator->allocator.drop_last();
}

void cq_instant_to_text(int64_t at, char* text, size_t capacity) {
  if (text == nullptr || capacity == 0) return;
  text[0] = '\0';
  static_cast<void>(c::guard(nullptr, [&] {
    const auto whole = to_text(c::instant(at, "at"));
    const auto length = std::min(whole.size(), capacity - 1);
    std::memcpy(text, whole.data(), length);
    text[length] = '\0';
  }));
}

cq_status cq_parse_instant(const char* text, int64_t* at, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(at, "at");
    told = c::instant(c::value(parse_instant(c::needed_text(text, "instant"))));
  });
}
