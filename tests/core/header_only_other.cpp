#include "callqueue/core.hpp"

callqueue::UserId made_elsewhere(callqueue::UuidSource& source);

callqueue::UserId made_elsewhere(callqueue::UuidSource& source) {
  return source.next_id<callqueue::UserId>(callqueue::Instant{});
}
