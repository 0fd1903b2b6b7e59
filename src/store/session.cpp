#include "store/session.hpp"

#include <limits>

namespace callqueue {

int narrow(std::int64_t number) {
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
    throw Failure{ErrorCode::corrupt, "the database holds a number that is too large"};
  }
  return static_cast<int>(number);
}

}  // namespace callqueue
