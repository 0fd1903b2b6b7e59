#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "callqueue/result.hpp"

namespace callqueue::cli {

/// Does over what the database was not there for, or refused for reasons of its own (a full disk, a
/// constraint that somebody has added): the program tells of each thing once. What it tells
/// meanwhile waits in its pipe. For the thread that reads it; `end_in` is for all.
class Persistence {
 public:
  /// @param complain hears why something is done over.
  explicit Persistence(std::function<void(const std::string&)> complain)
      : complain_(std::move(complain)) {}

  /// From now on nothing is done over for longer than that.
  void end_in(std::chrono::seconds time) { end_ = Steady::now() + time; }

  template <class Operation>
  auto run(Operation&& operation) -> decltype(operation()) {
    for (auto pause = kFirst;; pause = std::min(pause * 2, kLongest)) {
      auto result = operation();
      if (result) refused_since_.reset();
      if (result || !may_pass(result.error()) || Steady::now() + pause >= end_.load()) {
        return result;
      }
      if (pause == kFirst) complain_(result.error().message + "; it is tried again");
      std::this_thread::sleep_for(pause);
    }
  }

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kFirst{50};
  static constexpr std::chrono::milliseconds kLongest{2000};
  /// What is refused for that long may be refused for ever, and all else that was told waits for
  /// it.
  static constexpr std::chrono::seconds kPatience{60};

  bool may_pass(const Error& error) {
    if (error.code == ErrorCode::unavailable) return true;
    if (!error.field.empty()) return false;  // It is about what was told.
    const auto now = Steady::now();
    if (!refused_since_) refused_since_ = now;
    return now - *refused_since_ < kPatience;
  }

  std::function<void(const std::string&)> complain_;
  std::atomic<Steady::time_point> end_ = Steady::time_point::max();
  std::optional<Steady::time_point> refused_since_;  ///< Without a success in between.
};

}  // namespace callqueue::cli
