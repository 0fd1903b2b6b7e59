#pragma once

#include <atomic>
#include <cstddef>

namespace rest {

/// How much the bodies of all requests together may take in memory while they arrive and are
/// worked on. Thread-safe.
class BodyRoom {
 public:
  explicit BodyRoom(std::size_t bytes) : left_(bytes) {}

  /// @return whether there was so much left.
  [[nodiscard]] bool take(std::size_t bytes) {
    std::size_t left = left_;
    do {
      if (left < bytes) return false;
    } while (!left_.compare_exchange_weak(left, left - bytes));
    return true;
  }
  void give_back(std::size_t bytes) { left_ += bytes; }

 private:
  std::atomic<std::size_t> left_;
};

/// What one request has taken; given back at its end.
class BodyShare {
 public:
  explicit BodyShare(BodyRoom& room) : room_(room) {}
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  ~BodyShare() { room_.give_back(taken_); }

  [[nodiscard]] bool take(std::size_t bytes) {
    if (!room_.take(bytes)) return false;
    taken_ += bytes;
    return true;
  }

 private:
  BodyRoom& room_;
  std::size_t taken_ = 0;
};

}  // namespace rest
