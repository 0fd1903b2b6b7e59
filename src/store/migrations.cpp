#include "store/migrations.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "store/failure.hpp"

namespace callqueue {
namespace {

int newest(const std::vector<Migration>& all) { return static_cast<int>(all.size()); }

}  // namespace

std::string checksum(const Migration& migration) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a: tells an edited file, not an attacker.
  for (const auto* part : {&migration.up, &migration.before, &migration.after}) {
    for (const char c : *part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

int target_version(const MigrateRequest& request, int current, const std::vector<Migration>& all) {
  const int target = request.to.value_or(request.down ? std::max(current - 1, 0) : newest(all));
  if (target < 0 || target > newest(all)) {
    throw Failure{ErrorCode::invalid_argument,
                  "there is no schema version " + std::to_string(target) + "; the newest is " +
                      std::to_string(newest(all)),
                  "to"};
  }
  return target;
}

void refuse_newer(int version, const std::vector<Migration>& all) {
  if (version <= newest(all)) return;
  throw Failure{ErrorCode::corrupt, "the database has schema version " + std::to_string(version) +
                                        ", this library knows up to " +
                                        std::to_string(newest(all)) + ": use a newer library"};
}

void require_newest(int version, const std::vector<Migration>& all) {
  refuse_newer(version, all);
  if (version == newest(all)) return;
  throw Failure{ErrorCode::corrupt, "the database has schema version " + std::to_string(version) +
                                        ", version " + std::to_string(newest(all)) +
                                        " is needed: run its migrations"};
}

}  // namespace callqueue
