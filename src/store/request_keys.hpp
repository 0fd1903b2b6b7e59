#pragma once

#include "store/session.hpp"

namespace callqueue {

/// What `advance` does for the keys of requests: forgets at most `budget` that are too old. @return
/// how many. Work of this kind is put off for an hour, so that it comes in batches.
int forget_request_keys(Session& session, Instant now, int budget);

}  // namespace callqueue
