#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "store/session.hpp"

namespace callqueue {

// SHA-256, in a column that holds bytes.

using StoredDigest = std::array<std::uint8_t, 32>;

/// Only looked at: the digest must outlive the call.
[[nodiscard]] inline Bytes bytes_of(const StoredDigest& digest) {
  return {{reinterpret_cast<const char*>(digest.data()), digest.size()}};
}

/// @param name the column's, for the `Failure` (`corrupt`) where it holds something else.
[[nodiscard]] inline StoredDigest read_digest(const Rows& row, int column, const char* name) {
  const auto bytes = row.get<Bytes>(column).data;
  StoredDigest digest{};
  if (bytes.size() != digest.size()) {
    throw Failure{ErrorCode::corrupt, "the database holds an unreadable hash", name};
  }
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace callqueue
