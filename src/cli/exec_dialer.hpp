#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "callqueue/dialer.hpp"
#include "cli/child.hpp"

namespace callqueue::cli {

/// A dialer in any language: a program that reads claimed calls as JSON lines and writes events as
/// JSON lines. docs/cli.md says which.
///
/// The first line about a call answers for it: `{"call_id", "accepted": PROVIDER_ID}` or any event
/// accepts it, an event with the outcome `rejected` rejects it. Silence for `accept_timeout`, or
/// the program's end, leaves it uncertain. A program that takes no more lines
/// (it has closed its input, or does not read) leaves the run without a dialer: see `is_deaf`.
class ExecDialer final : public Dialer {
 public:
  /// What a line asks for beyond answering a dial.
  struct Wishes {
    std::function<void(const CallEvent&)> report;
    /// An acceptance that came too late to answer.
    std::function<void(const CallRef&, const std::string& provider_call_id)> accept;
    /// Whose call it is when the line does not say and this run has not dialed it.
    std::function<std::optional<UserId>(CallId)> find_user;
    /// A line that cannot be used.
    std::function<void(const std::string&)> complain;
  };

  ExecDialer(const std::string& command, std::chrono::milliseconds accept_timeout)
      : child_(command), accept_timeout_(accept_timeout) {}
  /// Waits for threads in `dial`: they come back soon after the program has ended.
  ~ExecDialer() override;

  DialResult dial(const ClaimedCall& claimed) override;

  /// Reads its lines until it closes its output.
  void read_lines(const Wishes& wishes);
  [[nodiscard]] Child& child() { return child_; }
  /// Whether it takes no more lines. While the run goes on.
  [[nodiscard]] bool is_deaf() const { return !child_.has_reader(); }
  /// Calls that it certainly never saw, each handed out once.
  [[nodiscard]] std::vector<CallRef> take_never_sent();

 private:
  struct Line {
    CallEvent event;
    std::optional<std::string> accepted;  ///< The provider's id; may be empty.
  };

  static Result<Line> parse(const std::string& text);
  void take(Line line, const Wishes& wishes);
  /// Whether somebody was waiting for this line.
  bool answer(CallId id, const Line& line);

  /// Hands the call to the program and waits for its answer.
  DialResult ask(const ClaimedCall& claimed);

  Child child_;
  const std::chrono::milliseconds accept_timeout_;

  std::mutex mutex_;
  std::condition_variable answered_;
  bool ended_ = false;
  int dialing_ = 0;  ///< Threads in `dial`.
  std::map<CallId, std::optional<DialResult>> waiting_;
  std::map<CallId, UserId> users_;
  std::vector<CallRef> never_sent_;
};

}  // namespace callqueue::cli
