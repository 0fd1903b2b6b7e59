#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "callqueue/export.hpp"

namespace callqueue {

/// Why an operation was refused or failed. The numbers are the same in C++, C and Python and never
/// change.
enum class ErrorCode {
  /// The caller's input is wrong; `Error::field` names it. Nothing was changed.
  invalid_argument = 1,
  not_found = 2,      ///< No such row, or it belongs to another user. Nothing was changed.
  conflict = 3,       ///< The row's state does not allow it. Nothing was changed.
  limit_reached = 4,  ///< A user or system limit leaves no room. Nothing was changed.
  unavailable = 5,  ///< The database cannot be reached or is busy; try again. Nothing was changed.
  corrupt = 6,      ///< The database does not hold what this version expects.
  internal = 7,     ///< A defect in the library or in a host's callback.
};

/// What went wrong, for a person (`message`) and for a program (`code`, `field`).
struct CALLQUEUE_API Error {
  ErrorCode code = ErrorCode::internal;
  std::string message{};  ///< One sentence; never holds a phone number or a secret.
  std::string field{};    ///< The input's name as in the database (`phone_number`), empty when none
                          ///< is to blame.

  friend bool operator==(const Error&, const Error&) = default;
};

/// The value, or why there is none. No function of the library's API throws. `value()` throws where
/// there is none, `tl::bad_expected_access<Error>` with the error in it; a `Result<void>` has no
/// `value()`: test it like a `bool`.
///
/// `value()` of a result that nobody keeps lives no longer than that: keep what it gave before you
/// walk over it, for `for (auto& call : queue.claim(…).value())` walks over what is gone (until
/// C++23).
template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for the error side of a `Result`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                std::string field = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(field)});
}

/// The enumerator's name: `invalid_argument` and so on.
[[nodiscard]] constexpr std::string_view to_text(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::limit_reached: return "limit_reached";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

}  // namespace callqueue
/// @cond  The reference has no place for what belongs to another namespace.
/// What `value()` throws; says what failed where nobody catches it.
template <>
class CALLQUEUE_API tl::bad_expected_access<callqueue::Error> : public std::exception {
 public:
  explicit bad_expected_access(callqueue::Error error)
      : error_(std::move(error)), what_(to_text(error_.code)) {
    if (!error_.field.empty()) what_ += " (" + error_.field + ")";
    what_ += ": " + error_.message;
  }
  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  [[nodiscard]] const callqueue::Error& error() const noexcept { return error_; }

 private:
  callqueue::Error error_;
  std::string what_;
};
/// @endcond
