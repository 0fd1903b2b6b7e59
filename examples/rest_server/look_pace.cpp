#include "look_pace.hpp"

#include <algorithm>

namespace rest {
namespace {

/// So many times what a look took passes before the next one.
constexpr int kRest = 9;
constexpr std::chrono::seconds kAfterFailure{1};

}  // namespace

LookPace::Clock::time_point LookPace::when() const {
  return is_due_ || is_amid_ ? not_before_ : Clock::time_point::max();
}

void LookPace::begin(Clock::time_point now) {
  if (!is_amid_) is_due_ = false;
  began_ = now;
}

void LookPace::end(Clock::time_point now) {
  is_amid_ = false;
  was_seen_ = true;
  rest(now);
}

void LookPace::go_on(Clock::time_point now) {
  is_amid_ = true;
  if (was_seen_) rest(now);
}

void LookPace::fail(Clock::time_point now) {
  is_due_ = true;
  is_amid_ = false;
  not_before_ = now + kAfterFailure;
}

void LookPace::rest(Clock::time_point now) {
  not_before_ = std::max(began_ + pace_, now + kRest * (now - began_));
}

}  // namespace rest
