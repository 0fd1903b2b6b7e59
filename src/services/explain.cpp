#include <algorithm>
#include <string>

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
  bool any_over = false;  ///< A lane that never opens again.

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
      any_over = true;
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
      reasons.push_back({"paused", "The campaign is paused.", {}});
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

void explain_rows(const CampaignFacts& facts, Reasons& reasons) {
  if (facts.import_running) {
    reasons.push_back(
        {"import_running", "A list is being imported: its contacts appear when that ends.", {}});
  }
  std::int64_t queued = 0;
  for (const auto& lane : facts.lanes) queued += lane.ready + lane.waiting;
  if (queued > 0) return;
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

void explain_limits(const CampaignFacts& facts, Reasons& reasons) {
  const auto add = [&](const char* code, const char* what, int active, int limit) {
    reasons.push_back({code,
                       std::string(what) + ": " + std::to_string(active) + " calls are active, " +
                           std::to_string(limit) + " may be.",
                       {}});
  };
  if (facts.user_active >= facts.user_limit) {
    add("user_at_limit", "The user is at the limit", facts.user_active, facts.user_limit);
  }
  if (facts.system_active >= facts.system_limit) {
    add("system_at_limit", "The system is at its limit", facts.system_active, facts.system_limit);
  } else if (facts.system_active >= facts.user_system_limit) {
    add("user_ceiling", "The user is dealt nothing while the system is this busy",
        facts.system_active, facts.user_system_limit);
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
        {"number_busy", "Every number that is due is being called by this user right now.", {}});
  }
}

}  // namespace

std::vector<ExplainReason> explain(const CampaignFacts& facts) {
  const LaneSummary lanes(facts.lanes, facts.now);
  Reasons reasons;
  const bool held_back = explain_status(facts, lanes, reasons);
  if (is_final(facts.status)) return reasons;

  explain_rows(facts, reasons);
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
  return reasons;
}

}  // namespace callqueue
