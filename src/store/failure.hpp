#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "callqueue/result.hpp"

namespace callqueue {

/// Carries an `Error` up to a store's edge, where it becomes a `Result`. Never leaves the store.
class Failure : public std::runtime_error {
 public:
  explicit Failure(Error error) : std::runtime_error(error.message), error_(std::move(error)) {}
  Failure(ErrorCode code, std::string message, std::string field = {})
      : Failure(Error{code, std::move(message), std::move(field)}) {}

  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
};

}  // namespace callqueue
