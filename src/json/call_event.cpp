#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "callqueue/json.hpp"
#include "utf8.hpp"

namespace callqueue {
namespace {

constexpr std::chrono::seconds kLongestCall = std::chrono::days{7};

using simdjson::dom::element;

constexpr std::size_t kMostBytes = 65'536;
constexpr std::size_t kMostBytesTogether = 1'048'576;
constexpr std::size_t kMostEvents = 1'000;
constexpr std::size_t kMostNesting = 32;

tl::unexpected<Error> wrong(std::string_view field, std::string_view what) {
  return fail(ErrorCode::invalid_argument, std::string{field} + " must be " + std::string{what},
              std::string{field});
}

Result<std::string> read_text(element value, std::string_view field) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return wrong(field, "a text");
  // Neither database keeps one within a text.
  if (text.find('\0') != std::string_view::npos) return wrong(field, "a text without NUL");
  return std::string{text};
}

Result<bool> read_bool(element value, std::string_view field) {
  bool flag = false;
  if (value.get(flag) != simdjson::SUCCESS) return wrong(field, "true or false");
  return flag;
}

Result<std::chrono::seconds> read_duration(element value, std::string_view field) {
  std::int64_t seconds = 0;
  if (value.get(seconds) != simdjson::SUCCESS || seconds < 0 || seconds > kLongestCall.count()) {
    return wrong(field, "a whole number of seconds, 0 to 604,800");
  }
  return std::chrono::seconds{seconds};
}

Result<Instant> read_instant(element value, std::string_view field) {
  return read_text(value, field).and_then([&](const std::string& text) {
    return parse_instant(text, field);
  });
}

/// What is no id is nobody's.
template <class AnyId>
Result<AnyId> read_id(element value, std::string_view field) {
  return read_text(value, field).and_then([&](const std::string& text) {
    return parse_id<AnyId>(text, field).map_error([](Error error) {
      error.code = ErrorCode::not_found;
      return error;
    });
  });
}

Result<std::string> read_provider_id(element value, std::string_view field) {
  auto text = read_text(value, field);
  if (!text) return text;
  return check_text(*text, field, max_provider_call_id_bytes).map([&] { return std::move(*text); });
}

Result<CallOutcome> read_outcome(element value, std::string_view field) {
  const auto text = read_text(value, field);
  if (!text) return tl::unexpected(text.error());
  if (const auto outcome = parse_call_outcome(detail::normalised(*text))) return *outcome;
  return fail(ErrorCode::invalid_argument, "unknown outcome of a call", std::string{field});
}

/// What an event says in words of its own; put together once all of it was read.
struct Spelling {
  std::string status;
  std::optional<CallOutcome> outcome;
};

template <class T, class Target>
Result<void> assign(Result<T>&& value, Target& target) {
  if (!value) return tl::unexpected(std::move(value.error()));
  target = std::move(*value);
  return {};
}

Result<void> read_field(std::string_view field, element value, CallEvent& event, Spelling& said) {
  if (value.is_null()) return {};
  if (field == "user_id") return assign(read_id<UserId>(value, field), event.user_id);
  if (field == "call_id") return assign(read_id<CallId>(value, field), event.call_id);
  if (field == "provider_call_id")
    return assign(read_provider_id(value, field), event.provider_call_id);
  if (field == "status") return assign(read_text(value, field), said.status);
  if (field == "outcome") return assign(read_outcome(value, field), said.outcome);
  if (field == "success") return assign(read_bool(value, field), event.success);
  if (field == "retryable") return assign(read_bool(value, field), event.retryable);
  if (field == "answered_at") return assign(read_instant(value, field), event.answered_at);
  if (field == "ended_at") return assign(read_instant(value, field), event.ended_at);
  if (field == "duration_seconds") return assign(read_duration(value, field), event.duration);
  if (field == "failure_reason") return assign(read_text(value, field), event.failure_reason);
  return {};
}

Result<void> put_status(const Spelling& said, CallEvent& event) {
  // An event without status would mean that the line was disconnected: that has to be said.
  if (said.status.empty() && !said.outcome) {
    return fail(ErrorCode::invalid_argument, "an event needs a status or an outcome", "status");
  }
  if (!said.status.empty()) {
    if (auto set = set_status(event, said.status); !set) return set;
  } else {
    event.status = detail::status_of(*said.outcome);
  }
  return said.outcome ? set_outcome(event, *said.outcome) : Result<void>{};
}

Result<CallEvent> read_event(simdjson::dom::object object) {
  CallEvent event;
  Spelling said;
  for (const auto field : object) {
    if (auto read = read_field(field.key, field.value, event, said); !read) {
      return tl::unexpected(std::move(read.error()));
    }
  }
  if (auto put = put_status(said, event); !put) return tl::unexpected(std::move(put.error()));
  if (event.call_id.is_nil() && event.provider_call_id.empty()) {
    return fail(ErrorCode::invalid_argument, "an event needs call_id or provider_call_id",
                "call_id");
  }
  return event;
}

Result<CallEvent> read_element(element value) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "an event must be one JSON object", "event");
  }
  return read_event(object);
}

}  // namespace

Result<CallEvent> parse_call_event(std::string_view json) {
  if (json.size() > kMostBytes) {
    return fail(ErrorCode::invalid_argument, "an event may be 64 KiB long", "event");
  }
  thread_local simdjson::dom::parser parser{kMostBytes};
  simdjson::dom::object object;
  if (json.empty() || parser.allocate(kMostBytes, kMostNesting) != simdjson::SUCCESS ||
      parser.parse(json.data(), json.size()).get(object) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "an event must be one JSON object", "event");
  }
  return read_event(object);
}

Result<std::vector<Result<CallEvent>>> parse_call_events(std::string_view json) {
  if (json.size() > kMostBytesTogether) {
    return fail(ErrorCode::invalid_argument, "events may be 1 MiB long together", "events");
  }
  simdjson::dom::parser parser;
  element root;
  if (json.empty() ||
      parser.allocate(std::max<std::size_t>(json.size(), 64), kMostNesting) != simdjson::SUCCESS ||
      parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_argument, "events must be a JSON object or a list of them",
                "events");
  }
  simdjson::dom::array list;
  if (root.get(list) != simdjson::SUCCESS) return std::vector{read_element(root)};
  if (list.size() == 0 || list.size() > kMostEvents) {
    return fail(ErrorCode::invalid_argument, "a list holds 1 to 1,000 events", "events");
  }
  std::vector<Result<CallEvent>> events;
  events.reserve(list.size());
  for (const auto one : list) events.push_back(read_element(one));
  return events;
}

}  // namespace callqueue
