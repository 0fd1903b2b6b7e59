// The rows of the library's tables.
#include "callqueue/models.hpp"

#include "model.hpp"
#include "topics.hpp"

namespace callqueue::python {
namespace {

void bind_people_models(py::module_& m) {
  Model<User>(m, "User", "A tenant. Every other row belongs to exactly one user.")
      .field("id", &User::id, "`NIL` before it was stored: then a new one is made.")
      .field("name", &User::name, "At most 255 characters.")
      .field("email", &User::email, "Unique where it is not empty.")
      .field_as<ZoneName>(
          "timezone", &User::timezone,
          "IANA name; empty: UTC. Used where neither contact nor campaign names one.")
      .field("concurrent_calls_limit", &User::concurrent_calls_limit,
             "Most active calls of this user; 0: none may start.")
      .field("system_concurrent_calls_limit", &User::system_concurrent_calls_limit,
             "This user is dealt nothing while the whole system has this many active calls. "
             "Follows the system limit unless set.");
  Model<Agent>(m, "Agent", "The voice agent (or script) that speaks in a call.")
      .field("id", &Agent::id, "`NIL` before it was stored.")
      .field("user_id", &Agent::user_id, "Whose it is.")
      .field("name", &Agent::name, "At most 255 characters.");
  Model<Contact>(m, "Contact", "A person to call.")
      .field("id", &Contact::id, "`NIL` before it was stored.")
      .field("user_id", &Contact::user_id, "Whose contact it is.")
      .field("name", &Contact::name, "At most 255 characters.")
      .field("phone_number", &Contact::phone_number,
             "E.164: `+14155550123`; unique within the user. Personal data: `repr` masks it.")
      .field("email", &Contact::email, "Free text.")
      .field("company", &Contact::company, "Free text.")
      .field("notes", &Contact::notes, "Free text.")
      .field_as<ZoneName>("timezone", &Contact::timezone,
                          "IANA name; empty: the campaign's, else the user's.");
}

void bind_rules_models(py::module_& m) {
  Model<CallingWindow>(m, "CallingWindow",
                       "Daily local hours in which calls may start; both ends are inside. `closes` "
                       "earlier than `opens` spans midnight and belongs to the date on which it "
                       "opens. 00:00 to `END_OF_DAY` is all day. Equal ends are an error.")
      .field_as<DayTime>("opens", &CallingWindow::opens, "Local time.")
      .field_as<DayTime>("closes", &CallingWindow::closes, "Local time.");
  Model<CallingRules>(m, "CallingRules", "When calls may start, in local terms.")
      .field_as<Week>("windows", &CallingRules::windows,
                      "Seven lists of `CallingWindow`, Monday first. A new list each time it is "
                      "read: set it as a whole.")
      .field("start_date", &CallingRules::start_date,
             "First date on which a window may open; None: no bound.")
      .field("end_date", &CallingRules::end_date,
             "Last date on which a window may open; None: no end.")
      .field("excluded_dates", &CallingRules::excluded_dates, "Holidays, in any order.");
  Model<RetryPolicy>(m, "RetryPolicy",
                     "Which outcomes are tried again, how often, and after how long. Default: "
                     "nothing is retried.")
      .field("outcomes", &RetryPolicy::outcomes,
             "Not `ANSWERED`, `CANCELLED` or `UNKNOWN`. Set it as a whole.")
      .field("max_attempts", &RetryPolicy::max_attempts,
             "All attempts of one queued call together, the first included; 1 to 100.")
      .field("delays", &RetryPolicy::delays,
             "Before attempt 2, 3, …; the last one repeats. Whole seconds.");
}

void bind_campaigns_models(py::module_& m) {
  Model<CampaignRules>(m, "CampaignRules", "What a campaign decides beyond its own columns.")
      .field_as<ZoneName>("timezone", &CampaignRules::timezone,
                          "IANA name or ZoneInfo; empty: the user's, else UTC.")
      .field("clock", &CampaignRules::clock, "`CONTACT`: each contact's own zone where it has one.")
      .field_as<OptionalWeek>(
          "weekly_windows", &CampaignRules::weekly_windows,
          "Seven lists of `CallingWindow`, Monday first; replaces the daily window. None: that "
          "counts.")
      .field("excluded_dates", &CampaignRules::excluded_dates, "Holidays, in any order.")
      .field("retry", &CampaignRules::retry, "Nothing is retried unless it says so.")
      .field("spread", &CampaignRules::spread,
             "Distribute an imported list evenly over the window instead of as soon as possible.")
      .field("call_deadline", &CampaignRules::call_deadline,
             "How long an accepted call may stay without news; 1 min to 24 h.");
  Model<CallCampaign>(m, "CallCampaign", "Rules plus a list of contacts.")
      .field("id", &CallCampaign::id, "`NIL` before it was stored.")
      .field("user_id", &CallCampaign::user_id, "Whose it is.")
      .field("name", &CallCampaign::name, "1 to 255 bytes.")
      .field("description", &CallCampaign::description, "Free text.")
      .field("agent_id", &CallCampaign::agent_id, "Who speaks.")
      .field("next_action", &CallCampaign::next_action, "What the agent is to reach; free text.")
      .field_as<DayTime>("first_call_time", &CallCampaign::first_call_time, "Local; 09:00.")
      .field_as<DayTime>("last_call_time", &CallCampaign::last_call_time, "Local; 18:00.")
      .field("status", &CallCampaign::status, "Moved by `CallCampaigns` and by time.")
      .field("total_contacts", &CallCampaign::total_contacts, "Queued calls of any status.")
      .field("completed_calls", &CallCampaign::completed_calls, "Includes successful ones.")
      .field("successful_calls", &CallCampaign::successful_calls, "Kept by the database.")
      .field("failed_calls", &CallCampaign::failed_calls, "Neither skipped nor cancelled ones.")
      .field("start_date", &CallCampaign::start_date, "Local; None before it is set.")
      .field("end_date", &CallCampaign::end_date, "Local; None: no end.")
      .field("created_at", &CallCampaign::created_at, "UTC.")
      .field("updated_at", &CallCampaign::updated_at, "UTC.")
      .field("started_at", &CallCampaign::started_at, "UTC; None: never started.")
      .field("completed_at", &CallCampaign::completed_at, "UTC; when its last row became final.")
      .field("rules", &CallCampaign::rules, "Zone, clock, weekly windows, retries, spread.");
}

void bind_calls_models(py::module_& m) {
  Model<QueuedCall>(m, "QueuedCall", "One call owed to one contact: a row of `call_queue`.")
      .field("id", &QueuedCall::id, "Names the row.")
      .field("user_id", &QueuedCall::user_id, "Whose it is.")
      .field("campaign_id", &QueuedCall::campaign_id, "None: a direct call, served first.")
      .field("agent_id", &QueuedCall::agent_id, "Who speaks.")
      .field("contact_id", &QueuedCall::contact_id, "Who is called.")
      .field("phone_number", &QueuedCall::phone_number, "E.164. Personal data: `repr` masks it.")
      .field("contact_name", &QueuedCall::contact_name, "As it was queued.")
      .field_as<JsonObject>("user_data", &QueuedCall::user_data,
                            "Whatever the list held beside the known columns: a new dict each time "
                            "it is read.")
      .field("status", &QueuedCall::status, "Where it is.")
      .field("priority", &QueuedCall::priority, "Larger is sooner.")
      .field("position", &QueuedCall::position, "First in, first out within a priority.")
      .field("scheduled_for", &QueuedCall::scheduled_for, "Waiting until then, ready from then on.")
      .field("started_at", &QueuedCall::started_at, "When the last attempt was claimed.")
      .field("completed_at", &QueuedCall::completed_at, "When it became final.")
      .field("call_id", &QueuedCall::call_id, "The last attempt.")
      .field("failure_reason", &QueuedCall::failure_reason,
             "Empty unless failed, skipped or cancelled.")
      .field("last_system_allocation_at", &QueuedCall::last_system_allocation_at,
             "When a slot was last dealt to it; for display.")
      .field("created_at", &QueuedCall::created_at, "UTC.")
      .field("updated_at", &QueuedCall::updated_at, "UTC.")
      .field_as<ZoneName>("timezone", &QueuedCall::timezone, "The zone whose clock decides.")
      .field("attempts", &QueuedCall::attempts, "Attempts spent; a lapsed lease spends none.")
      .field("success", &QueuedCall::success, "Set when completed.")
      .field("not_after", &QueuedCall::not_after,
             "A direct call not started by then is skipped (`expired`).");
  Model<Call>(m, "Call", "One attempt: a row of `calls`. It holds a slot while it is active.")
      .field("id", &Call::id, "Also the idempotency key towards the provider.")
      .field("user_id", &Call::user_id, "Whose it is.")
      .field("agent_id", &Call::agent_id, "None once it was deleted.")
      .field("contact_id", &Call::contact_id, "None once it was deleted.")
      .field("campaign_id", &Call::campaign_id, "None: a direct call, or it was deleted.")
      .field("queue_id", &Call::queue_id, "None for a reserved slot.")
      .field("phone_number", &Call::phone_number, "E.164. Personal data: `repr` masks it.")
      .field("call_type", &Call::call_type, "Whom it serves.")
      .field("attempt", &Call::attempt, "1 is the first.")
      .field("status", &Call::status, "Where it is.")
      .field("outcome", &Call::outcome, "How it ended.")
      .field("success", &Call::success, "Whether it reached what it was for.")
      .field("provider_call_id", &Call::provider_call_id, "Empty until the provider has accepted.")
      .field("leased_by", &Call::leased_by, "The worker that claimed it.")
      .field("lease_expires_at", &Call::lease_expires_at,
             "The dial lease; after acceptance the call deadline. None once it is final.")
      .field("submitted_at", &Call::submitted_at, "From here on it may have been placed.")
      .field("created_at", &Call::created_at, "UTC.")
      .field("started_at", &Call::started_at, "UTC.")
      .field("answered_at", &Call::answered_at, "UTC.")
      .field("ended_at", &Call::ended_at, "UTC.")
      .field("duration", &Call::duration, "Column `duration_seconds`.")
      .field("failure_reason", &Call::failure_reason, "Empty unless it failed.");
}

}  // namespace

void register_models(py::module_& m) {
  bind_people_models(m);
  bind_rules_models(m);
  bind_campaigns_models(m);
  bind_calls_models(m);
}

}  // namespace callqueue::python
