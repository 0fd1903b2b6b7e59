#include "store/sql_store.hpp"
#include "utf8.hpp"

namespace callqueue {
namespace {

Result<void> check(const CallName& name) {
  if (!name.call_id.is_nil()) return {};
  if (name.provider_call_id.empty()) {
    return fail(ErrorCode::invalid_argument, "no call is named", "call_id");
  }
  return check_text(name.provider_call_id, "provider_call_id", max_provider_call_id_bytes);
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
    if (check(name)) good.push_back(name);
  }
  return read([&](Session& session, Instant) {
    const auto found = session.calls_named(good);
    auto next = found.begin();
    std::vector<Result<CallRef>> located;
    located.reserve(names.size());
    for (const auto& name : names) {
      located.push_back(check(name).and_then([&] { return only_one(name, *next++); }));
    }
    return located;
  });
}

}  // namespace callqueue
