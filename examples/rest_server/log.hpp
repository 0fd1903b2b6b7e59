#pragma once

#include <chrono>
#include <string_view>

#include "http.hpp"

namespace rest {

/// One line of JSON for each request. Never its query, body or token: those may hold phone numbers
/// and secrets.
void log_request(const Request& request, unsigned status, std::chrono::steady_clock::duration took);
/// What went wrong inside, for the operator.
void log_failure(const Request& request, std::string_view what);
/// Starts lines on standard error; `level` as spdlog spells it (info, warn, …, off).
void start_log(std::string_view level);

}  // namespace rest
