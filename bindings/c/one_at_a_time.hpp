#pragma once

#include <atomic>

#include "bindings/c/guard.hpp"

namespace callqueue::c {

/// Holds `busy` while it lives. @throws Refused `conflict` while somebody else does.
class OneAtATime {
 public:
  OneAtATime(std::atomic<bool>& busy, const char* field, const char* refusal) : busy_(busy) {
    if (busy.exchange(true)) throw Refused{{ErrorCode::conflict, refusal, field}};
  }
  ~OneAtATime() { busy_ = false; }
  OneAtATime(const OneAtATime&) = delete;
  OneAtATime& operator=(const OneAtATime&) = delete;

 private:
  std::atomic<bool>& busy_;
};

}  // namespace callqueue::c
