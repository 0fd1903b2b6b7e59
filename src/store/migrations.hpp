#pragma once

#include <string>
#include <vector>

#include "callqueue/schema.hpp"

namespace callqueue {

// What migrating means on either database; `all` are a store's migrations, in order.

/// Of the SQL that applies it, steps and all, as `callqueue_migrations` keeps it.
[[nodiscard]] std::string checksum(const Migration& migration);
/// The version to end at. Throws `Failure` (`invalid_argument`, `to`) for one that does not exist.
[[nodiscard]] int target_version(const MigrateRequest& request, int current,
                                 const std::vector<Migration>& all);
/// Throws `Failure` (`corrupt`) when the version is a newer library's.
void refuse_newer(int version, const std::vector<Migration>& all);
/// Throws `Failure` (`corrupt`) unless the version is the one this library needs.
void require_newest(int version, const std::vector<Migration>& all);

}  // namespace callqueue
