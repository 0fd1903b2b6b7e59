#pragma once

#include <string>
#include <string_view>

struct pg_conn;

namespace callqueue::postgres {

// The URL of a server and what libpq says of it. A password that is not encoded reads as a host, a
// port or a database, and libpq repeats those in its messages.

/// Throws `Failure` (`invalid_argument`, `url`) where libpq cannot read the URL, or would take a
/// part of a password for something else.
void check_url(const std::string& url);

/// Why a connection was not made, as one line that repeats nothing of a password.
/// @param connection that failed, with messages that name the server's states (`PQERRORS_VERBOSE`).
[[nodiscard]] std::string why_not_connected(const pg_conn* connection, std::string_view url);

/// A message of libpq without its line breaks.
[[nodiscard]] std::string one_line(std::string_view message);

}  // namespace callqueue::postgres
