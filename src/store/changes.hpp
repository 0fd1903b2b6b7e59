#pragma once

#include <string>
#include <string_view>

#include "callqueue/changes.hpp"

namespace callqueue {

/// Adds `more` to `changes`. More users than a short text can name are everyone.
void merge(Changes& changes, const Changes& more);

/// As the text of a notification: `start` or `change`, then the users' ids, or `*`.
[[nodiscard]] std::string to_text(const Changes& changes);
/// The other way round. What cannot be read, somebody's own notification, means that anything may
/// have changed.
[[nodiscard]] Changes parse_changes(std::string_view text);

}  // namespace callqueue
