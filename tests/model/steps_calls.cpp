#include "model/steps.hpp"

#include "model/agreement.hpp"

namespace callqueue::model {

using namespace std::chrono_literals;

bool Run::begin_dial(const Step& step) {
  advance();
  if (model_.calls.empty()) return false;
  const auto worker = worker_name(step.c);
  std::vector<CallRef> wanted;
  std::vector<CallId> expected;
  auto found = std::prev(model_.calls.end());
  for (unsigned i = 0; i <= step.a % 3; ++i) {
    wanted.push_back({found->second.user, found->first});
    if (model_.may_dial(found->first, worker)) expected.push_back(found->first);
    if (found == model_.calls.begin()) break;
    --found;
  }
  const auto marked = need("begin_dial", store().begin_dial(wanted, worker));
  if (marked != expected) wrong("other calls may be dialed than the model says");
  for (const auto id : expected) model_.calls.at(id).submitted_at = model_.now;
  return true;
}

bool Run::accept(const Step& step) {
  if (model_.calls.empty()) return false;
  // Mostly one of the latest.
  auto found = std::prev(model_.calls.end());
  for (unsigned i = 0; i < step.a % 4 && found != model_.calls.begin(); ++i) --found;
  const std::string provider = "p-" + to_text(found->first);
  need("accept_call", store().accept_call({found->second.user, found->first}, provider));
  model_.accept(found->first, provider);
  return true;
}

bool Run::renew(const Step& step) {
  const auto found = pick(model_.calls, step.a);
  if (found == model_.calls.end()) return false;
  const auto id = found->first;
  const auto worker = worker_name(step.b);
  agree("renew_lease", model_.renew(id, worker, 300s),
        store().renew_lease({found->second.user, id}, worker, 300s));
  return true;
}

bool Run::requeue(const Step& step) {
  const auto found = pick(model_.calls, step.a);
  if (found == model_.calls.end()) return false;
  const auto id = found->first;
  const auto user = found->second.user;
  agree("requeue_call", model_.requeue(id), store().requeue_call({user, id}, "not placed"));
  return true;
}

/// One to three events about calls, the latest more often; any of them may be late or a duplicate.
std::vector<CallEvent> Run::some_events(const Step& step) const {
  std::vector<CallEvent> events;
  if (model_.calls.empty()) return events;
  for (unsigned i = 0; i <= step.a % 3; ++i) {
    auto found = std::prev(model_.calls.end());
    const auto back = (step.b + i * 3) % (step.b % 4 == 0 ? model_.calls.size() : 5);
    for (unsigned k = 0; k < back && found != model_.calls.begin(); ++k) --found;
    const auto number = step.c + i * 11;
    CallEvent event;
    event.user_id = found->second.user;
    event.call_id = found->first;
    if (number % 16 < 8) {
      event.outcome = static_cast<CallOutcome>(number % 8);
      event.status = detail::status_of(*event.outcome);
    } else if (number % 16 < 13) {
      event.status = static_cast<CallStatus>(number % 3);
    } else if (number % 16 == 13) {
      event.status = CallStatus::completed;
      event.success = number / 16 % 2 == 0;
    } else {
      event.duration = std::chrono::seconds{number % 2 * 30};  // Disconnected.
    }
    if (number / 16 % 5 == 0) event.retryable = false;
    if (number / 16 % 7 == 0) event.answered_at = model_.now - 20s;
    if (number / 16 % 3 == 0) event.failure_reason = "because";
    events.push_back(event);
  }
  return events;
}

void Run::check_reports(const std::vector<CallEvent>& events,
                        const std::vector<Result<CallReport>>& reports) {
  same("reports", reports.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& report = reports[i];
    if (!report) wrong("an event was refused: " + report.error().message);
    same("an event that frees a slot", report->ended, model_.report(events[i].call_id, events[i]));
  }
}

bool Run::report(const Step& step) {
  const auto events = some_events(step);
  if (events.empty()) return false;
  check_reports(events, need("report_events", store().report_events(events)));
  return true;
}

}  // namespace callqueue::model
