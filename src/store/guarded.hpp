#pragma once

#include <exception>
#include <type_traits>

#include "callqueue/result.hpp"
#include "store/failure.hpp"

namespace callqueue {

/// Turns what `body` throws into the error side of a result. Nothing leaves the store as an
/// exception.
template <class Body>
auto guarded(Body&& body) -> Result<std::invoke_result_t<Body>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      body();
      return {};
    } else {
      return body();
    }
  } catch (const Failure& failure) {
    return tl::unexpected<Error>(failure.error());
  } catch (const std::exception& unexpected) {
    return fail(ErrorCode::internal, unexpected.what());
  }
}

}  // namespace callqueue
