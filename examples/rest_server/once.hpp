#pragma once

#include "api.hpp"

namespace rest {

/// A handler that carries a request with an `Idempotency-Key` out once: who sends it again, to this
/// server or another on the database, gets the first answer. Only what succeeded is kept; a request
/// that was refused has changed nothing, and its key may be used anew.
///
/// @param handler makes something; its answer holds a `Location` at most, and is no stream.
[[nodiscard]] Handler once(App& app, Handler handler);

}  // namespace rest
