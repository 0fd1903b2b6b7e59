#include "cli/exec_dialer.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "callqueue/json.hpp"

namespace callqueue::cli {
namespace {

DialResult to_answer(const CallEvent& event, const std::optional<std::string>& accepted) {
  if (accepted) return DialResult::accepted(*accepted);
  if (event.outcome == CallOutcome::rejected) {
    return DialResult::rejected(event.failure_reason, event.retryable.value_or(true));
  }
  return DialResult::accepted(event.provider_call_id);
}

}  // namespace

ExecDialer::~ExecDialer() {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [&] { return dialing_ == 0; });
}

DialResult ExecDialer::dial(const ClaimedCall& claimed) {
  const auto id = claimed.call.id;
  {
    const std::lock_guard lock(mutex_);
    ++dialing_;
    waiting_[id] = std::nullopt;
    users_[id] = claimed.call.user_id;
  }
  auto result = ask(claimed);
  const std::lock_guard lock(mutex_);
  waiting_.erase(id);
  --dialing_;
  answered_.notify_all();
  return result;
}

DialResult ExecDialer::ask(const ClaimedCall& claimed) {
  const auto id = claimed.call.id;
  const auto written = child_.write_line(to_json(claimed), accept_timeout_);

  std::unique_lock lock(mutex_);
  if (written == Child::Written::nothing) {
    never_sent_.push_back({.user_id = claimed.call.user_id, .call_id = id});
    return DialResult::uncertain("the dialer program takes no more calls");
  }
  answered_.wait_for(lock, accept_timeout_, [&] { return ended_ || waiting_[id]; });
  if (waiting_[id]) return *waiting_[id];
  return DialResult::uncertain(ended_ ? "the dialer program has ended"
                                      : "the dialer program did not answer in time");
}

void ExecDialer::read_lines(const Wishes& wishes) {
  for (std::int64_t number = 1; const auto text = child_.read_line(); ++number) {
    if (text->empty()) continue;
    auto line = parse(*text);
    if (line) {
      take(*std::move(line), wishes);
    } else {
      wishes.complain("line " + std::to_string(number) +
                      " of the dialer program was ignored: " + line.error().message);
    }
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  answered_.notify_all();
}

std::vector<CallRef> ExecDialer::take_never_sent() {
  const std::lock_guard lock(mutex_);
  return std::exchange(never_sent_, {});
}

Result<ExecDialer::Line> ExecDialer::parse(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto accepted = json.is_object() ? json.find("accepted") : json.end();
  if (!json.is_object() || accepted == json.end() || accepted->is_null()) {
    return parse_call_event(text).map([](const CallEvent& event) { return Line{.event = event}; });
  }
  // Only an acceptance: no event, which would need a status.
  Line line;
  if (!accepted->is_string()) {
    return fail(ErrorCode::invalid_argument, "accepted is not the provider's id as text");
  }
  line.accepted = accepted->get<std::string>();
  const auto id = json.find("call_id");
  const auto parsed = id != json.end() && id->is_string()
                          ? parse_id<CallId>(id->get<std::string>(), "call_id")
                          : fail(ErrorCode::invalid_argument, "call_id is missing");
  if (!parsed) return tl::unexpected(parsed.error());
  line.event.call_id = *parsed;
  return line;
}

bool ExecDialer::answer(CallId id, const Line& line) {
  const std::lock_guard lock(mutex_);
  const auto waiting = waiting_.find(id);
  if (waiting == waiting_.end() || waiting->second) return false;
  waiting->second = to_answer(line.event, line.accepted);
  answered_.notify_all();
  return true;
}

void ExecDialer::take(Line line, const Wishes& wishes) {
  auto& event = line.event;
  const bool answers = answer(event.call_id, line);
  const bool is_answer_only = line.accepted || event.outcome == CallOutcome::rejected;
  if (answers && is_answer_only) return;

  if (event.user_id.is_nil()) {
    std::optional<UserId> user;
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = users_.find(event.call_id); known != users_.end()) {
        user = known->second;
      }
    }
    if (!user && !event.call_id.is_nil()) user = wishes.find_user(event.call_id);
    if (!user) {
      return wishes.complain("an event of the dialer program names no call that is known");
    }
    event.user_id = *user;
  }
  if (line.accepted) {
    wishes.accept({.user_id = event.user_id, .call_id = event.call_id}, *line.accepted);
  } else {
    wishes.report(event);
  }
  if (event.status && !is_active(*event.status)) {
    const std::lock_guard lock(mutex_);
    users_.erase(event.call_id);
  }
}

}  // namespace callqueue::cli
