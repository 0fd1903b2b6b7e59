#include "callqueue/version.hpp"

namespace callqueue {

std::string_view version() noexcept { return CALLQUEUE_VERSION; }

}  // namespace callqueue
