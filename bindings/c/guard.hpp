#pragma once

#include <utility>

#include "callqueue.h"
#include "callqueue/result.hpp"

namespace callqueue::c {

/// Carries an `Error` from anywhere in a function of the C API to its guard. Gets no further.
class Refused {
 public:
  explicit Refused(Error error) : error_(std::move(error)) {}
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

/// `invalid_argument`, naming the parameter or member.
[[noreturn]] void refuse(const char* field, const char* what);

/// The value, or out to the guard.
template <class T>
T value(Result<T>&& result) {
  if (!result) throw Refused{std::move(result.error())};
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// Tells the caller of the exception that is being handled.
cq_status tell_current(cq_error** error) noexcept;

/// Stands around every function that can fail: nothing that `body` throws gets out.
template <class Body>
cq_status guard(cq_error** error, Body&& body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    body();
    return CQ_OK;
  } catch (...) {
    return tell_current(error);
  }
}

/// Where something is handed out; it is NULL until then.
template <class T>
T*& out(T** target, const char* name) {
  if (target == nullptr) refuse(name, "is missing");
  *target = nullptr;
  return *target;
}

/// Where a number is handed out.
template <class T>
T& number(T* target, const char* name) {
  if (target == nullptr) refuse(name, "is missing");
  return *target;
}

template <class Handle>
Handle& handle(Handle* given, const char* name) {
  if (given == nullptr) refuse(name, "is missing");
  return *given;
}

}  // namespace callqueue::c
