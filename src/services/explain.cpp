#include <algorithm>
#include <string>
#include <utility>

#include "callqueue/call_campaigns.hpp"

namespace callqueue {
namespace {

using Reasons = std::vector<ExplainReason>;

std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

std::string local(const std::string& timezone, Instant at) {
  const auto zone = TimeZone::load(timezone);
  return zone ? zone->local_text(at) : to_text(at);
}

/// What the lanes that hold rows amount to at one instant.
struct LaneSummary {
  bool any_open = false;
  std::int64_t callable = 0;        ///< Rows of open lanes that are due.
  std::optional<Instant> next_due;  ///< Of the rows of open lanes that still wait.
  const LaneFacts* opens_first = nullptr;
  const LaneFacts* unknown = nullptr;
  bool any_over = false;    ///< A lane that never opens again.
  bool any_closed = false;  ///< One that its hours do not open, as they are.

  LaneSummary(const std::vector<LaneFacts>& lanes, Instant now) {
    for (const auto& lane : lanes) {
      if (lane.ready + lane.waiting > 0) add(lane, now);
    }
  }

 private:
  void add(const LaneFacts& lane, Instant now) {
    if (lane.stale || (!lane.opens_at && !TimeZone::load(lane.timezone))) {
      unknown = &lane;
    } else if (!lane.opens_at) {
      (lane.closes_at ? any_closed : any_over) = true;
    } else if (lane.closes_at && *lane.closes_at < now) {
      unknown = &lane;  // Its next interval is still to be computed.
    } else if (*lane.opens_at > now) {
      if (opens_first == nullptr || *lane.opens_at < *opens_first->opens_at) opens_first = &lane;
    } else {
      add_open(lane, now);
    }
  }

  void add_open(const LaneFacts& lane, Instant now) {
    any_open = true;
    callable += lane.ready;
    if (lane.next_due_at && *lane.next_due_at <= now) {
      ++callable;  // Due, although nothing has moved it among the ready ones yet.
    } else {
      next_due = earlier(next_due, lane.next_due_at);
    }
  }
};

/// Whether the status forbids calls; says so.
bool explain_status(const CampaignFacts& facts, const LaneSummary& lanes, Reasons& reasons) {
  switch (facts.status) {
    case CampaignStatus::draft:
      reasons.push_back({"not_started", "The campaign is a draft: nobody has started it.", {}});
      return true;
    case CampaignStatus::scheduled: {
      const auto* first = lanes.opens_first;
      reasons.push_back({"not_started", "The campaign is scheduled: it starts by itself.",
                         first != nullptr ? first->opens_at : std::nullopt});
      return true;
    }
    case CampaignStatus::paused:
      reasons.push_back({"paused", "The campaign is paused until somebody resumes it.", {}});
      return true;
    case CampaignStatus::completed:
      reasons.push_back({"completed", "The campaign is completed: all its calls are done.", {}});
      return true;
    case CampaignStatus::cancelled:
      reasons.push_back({"cancelled", "The campaign was cancelled.", {}});
      return true;
    case CampaignStatus::active: return false;
  }
  return false;
}

std::int64_t queued_rows(const CampaignFacts& facts) {
  std::int64_t queued = 0;
  for (const auto& lane : facts.lanes) queued += lane.ready + lane.waiting;
  return queued;
}

void explain_rows(const CampaignFacts& facts, Reasons& reasons) {
  if (facts.import_running) {
    reasons.push_back(
        {"import_running", "A list is being imported: its contacts appear when that ends.", {}});
  }
  if (queued_rows(facts) > 0) return;
  if (facts.processing > 0) {
    reasons.push_back({"in_flight_only",
                       std::to_string(facts.processing) +
                           (facts.processing == 1 ? " call is" : " calls are") +
                           " in flight; nobody else is waiting to be called.",
                       {}});
  } else {
    reasons.push_back({"no_contacts", "No contact is left to call.", {}});
  }
}

/// `2 of 2 calls at a time are on`.
std::string calls_on(int active, int limit) {
  return std::to_string(active) + " of " + std::to_string(limit) +
         (limit == 1 ? " call" : " calls") + " at a time are on";
}

ExplainReason limit_reason(const char* code, std::string text, int active, int limit) {
  return {.code = code, .text = std::move(text), .active = active, .limit = limit};
}

/// Limits that let no call start whatever ends.
void explain_zero_limits(const CampaignFacts& facts, Reasons& reasons) {
  if (std::min(facts.user_limit, facts.user_system_limit) <= 0 && facts.system_limit > 0) {
    reasons.push_back(limit_reason("user_limit_zero",
                                   "Your limit of calls at a time is 0: no call starts until an "
                                   "administrator raises it.",
                                   facts.user_active, 0));
  }
  if (facts.system_limit <= 0) {
    reasons.push_back(limit_reason("system_limit_zero",
                                   "The limit of calls at a time of all users together is 0: no "
                                   "call starts until an administrator raises it.",
                                   facts.system_active, 0));
  }
}

void explain_limits(const CampaignFacts& facts, Reasons& reasons) {
  if (facts.user_limit > 0 && facts.user_active >= facts.user_limit) {
    reasons.push_back(limit_reason(
        "user_at_limit",
        "Your limit is reached: " + calls_on(facts.user_active, facts.user_limit) + ".",
        facts.user_active, facts.user_limit));
  }
  if (facts.system_limit > 0 && facts.system_active >= facts.system_limit) {
    reasons.push_back(limit_reason("system_at_limit",
                                   "The limit of all users together is reached: " +
                                       calls_on(facts.system_active, facts.system_limit) + ".",
                                   facts.system_active, facts.system_limit));
  } else if (facts.user_system_limit > 0 && facts.system_active >= facts.user_system_limit) {
    reasons.push_back(
        limit_reason("user_ceiling",
                     "No call of yours starts while all users together have this many: " +
                         calls_on(facts.system_active, facts.user_system_limit) + ".",
                     facts.system_active, facts.user_system_limit));
  }
}

/// Before the reasons that count only once somebody has ended this one.
const char* once_ended(const CampaignFacts& facts, const ExplainReason& reason) {
  if (reason.code == "paused") return "Once it is resumed: ";
  if (facts.status == CampaignStatus::draft) return "Once it is started: ";
  const bool is_zero = reason.code == "user_limit_zero" || reason.code == "system_limit_zero";
  return is_zero ? "Once the limit is raised: " : nullptr;
}

/// Whether the reason is about when and how calls may start, not about what there is.
bool is_about_starting(const ExplainReason& reason) {
  return reason.code != "no_contacts" && reason.code != "import_running" &&
         reason.code != "in_flight_only" && reason.code != "no_more_windows";
}

void qualify(const CampaignFacts& facts, Reasons& reasons) {
  const char* once = nullptr;
  for (auto& reason : reasons) {
    reason.in_flight = facts.processing;
    reason.conditional = once != nullptr && is_about_starting(reason);
    if (reason.conditional) reason.text = once + reason.text;
    if (once == nullptr) once = once_ended(facts, reason);
  }
}

void explain_closed_lanes(const LaneSummary& lanes, Reasons& reasons) {
  if (const auto* lane = lanes.opens_first; lane != nullptr) {
    reasons.push_back({"outside_window",
                       "It is outside the calling window until " +
                           local(lane->timezone, *lane->opens_at) + " (" + lane->timezone + ").",
                       lane->opens_at});
  }
  if (const auto* lane = lanes.unknown; lane != nullptr) {
    reasons.push_back({"window_unknown",
                       TimeZone::load(lane->timezone)
                           ? "The next calling window in " + lane->timezone +
                                 " is still to be worked out; no call starts until then."
                           : "The time zone " + lane->timezone +
                                 " is unknown on this machine; no call starts in it.",
                       {}});
  }
  if (lanes.any_closed) {
    reasons.push_back({"no_more_windows",
                       "Its calling hours cannot be used as they are: no call starts until they "
                       "are set anew.",
                       {}});
  }
  if (lanes.any_over) {
    reasons.push_back({"no_more_windows", "The last calling window has closed.", {}});
  }
}

void explain_open_lanes(const CampaignFacts& facts, const LaneSummary& lanes, Reasons& reasons) {
  if (lanes.callable == 0) {
    const auto* next_lane = lanes.opens_first;
    const auto until =
        earlier(lanes.next_due, next_lane != nullptr ? next_lane->opens_at : std::nullopt);
    reasons.push_back({"nothing_due",
                       until ? "Nothing is due until " + to_text(*until) + "." : "Nothing is due.",
                       until});
    return;
  }
  explain_limits(facts, reasons);
  if (facts.busy_numbers >= lanes.callable) {
    reasons.push_back(
        {"number_busy", "Every number that is due is being called by you right now.", {}});
  }
}

}  // namespace

std::vector<ExplainReason> explain(const CampaignFacts& facts) {
  const LaneSummary lanes(facts.lanes, facts.now);
  Reasons reasons;
  const bool held_back = explain_status(facts, lanes, reasons);
  if (is_final(facts.status)) {
    qualify(facts, reasons);
    return reasons;
  }

  explain_rows(facts, reasons);
  if (queued_rows(facts) > 0) explain_zero_limits(facts, reasons);
  if (lanes.any_open) explain_open_lanes(facts, lanes, reasons);
  const bool could_dial = lanes.any_open && lanes.callable > 0 && reasons.empty();
  if (!could_dial && !(facts.status == CampaignStatus::scheduled && !lanes.any_open)) {
    explain_closed_lanes(lanes, reasons);
  }
  if (could_dial && !held_back) {
    reasons.push_back({"dialing",
                       "Nothing is in the way: " + std::to_string(lanes.callable) + " due now, " +
                           std::to_string(facts.processing) + " in flight.",
                       {}});
  }
  qualify(facts, reasons);
  return reasons;
}

}  // namespace callqueue
