#include "store/session.hpp"

#include <limits>

#include "store/changes.hpp"

namespace callqueue {

int narrow(std::int64_t number) {
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
    throw Failure{ErrorCode::corrupt, "the database holds a number that is too large"};
  }
  return static_cast<int>(number);
}

Changes Session::changes() const {
  if (news_ == News::nothing) return {};
  auto changes = Changes{.may_start = news_ == News::may_start, .everyone = touched_.empty()};
  merge(changes, {.users = touched_});
  return changes;
}

}  // namespace callqueue
