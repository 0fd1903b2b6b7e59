#include "log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>
#include <string>

namespace rest {
namespace {

std::string line(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void start_log(std::string_view level) {
  auto log = spdlog::stderr_logger_mt("rest_server");
  log->set_pattern(R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                   spdlog::pattern_time_type::utc);
  log->set_level(spdlog::level::from_str(std::string{level}));
  spdlog::set_default_logger(std::move(log));
}

void log_request(const Request& request, unsigned status,
                 std::chrono::steady_clock::duration took) {
  const auto level = status >= 500 ? spdlog::level::warn : spdlog::level::info;
  if (!spdlog::should_log(level)) return;
  const std::chrono::duration<double, std::milli> ms = took;
  const auto json = line({{"request_id", request.id},
                          {"method", request.method},
                          {"path", request.path},
                          {"status", status},
                          {"milliseconds", ms.count()}});
  spdlog::log(level, "{}", json.substr(1, json.size() - 2));
}

void log_failure(const Request& request, std::string_view what) {
  const auto json = line({{"request_id", request.id}, {"path", request.path}, {"failure", what}});
  spdlog::error("{}", json.substr(1, json.size() - 2));
}

}  // namespace rest
