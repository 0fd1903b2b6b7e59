#include "store/sql_store.hpp"

namespace callqueue {
namespace {

bool names_nothing(const CallName& name) {
  return name.call_id.is_nil() && name.provider_call_id.empty();
}

/// The one that was meant. An event for the wrong call would free a slot that is in use.
Result<CallRef> only_one(const CallName& name, std::span<const CallRef> found) {
  const auto* const field = name.call_id.is_nil() ? "provider_call_id" : "call_id";
  if (found.empty()) return fail(ErrorCode::not_found, "no such call", field);
  if (found.size() > 1) return fail(ErrorCode::conflict, "several calls have this id", field);
  return found.front();
}

}  // namespace

Result<std::vector<Result<CallRef>>> SqlStore::locate_calls(std::span<const CallName> names) {
  std::vector<CallName> good;
  for (const auto& name : names) {
    if (!names_nothing(name)) good.push_back(name);
  }
  return read([&](Session& session, Instant) {
    const auto found = session.calls_named(good);
    auto next = found.begin();
    std::vector<Result<CallRef>> located;
    located.reserve(names.size());
    for (const auto& name : names) {
      located.push_back(names_nothing(name)
                            ? fail(ErrorCode::invalid_argument, "no call is named", "call_id")
                            : only_one(name, *next++));
    }
    return located;
  });
}

}  // namespace callqueue
