#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "bindings/c/guard.hpp"
#include "bindings/c/owned.hpp"
#include "callqueue/version.hpp"

namespace callqueue::c {
namespace {

cq_error no_memory{sizeof(cq_error), CQ_INTERNAL, "there is no memory", ""};

cq_status tell(const Error& what, cq_error** error) noexcept {
  if (error == nullptr) return static_cast<cq_status>(what.code);
  try {
    *error = own<cq_error>(what);
  } catch (...) {
    *error = &no_memory;
  }
  return static_cast<cq_status>(what.code);
}

}  // namespace

void refuse(const char* field, const char* what) {
  throw Refused{{ErrorCode::invalid_argument, std::string{field} + ' ' + what, field}};
}

cq_status tell_current(cq_error** error) noexcept {
  try {
    throw;
  } catch (const Refused& refused) {
    return tell(refused.error(), error);
  } catch (const std::bad_alloc&) {
    if (error != nullptr) *error = &no_memory;
    return CQ_INTERNAL;
  } catch (const std::exception& unexpected) {
    return tell({ErrorCode::internal, unexpected.what(), {}}, error);
  } catch (...) {
    return tell({ErrorCode::internal, "something was thrown", {}}, error);
  }
}

char* own_text(std::string_view text) {
  auto* copy = static_cast<char*>(::operator new(text.size() + 1));
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  return copy;
}

}  // namespace callqueue::c

using namespace callqueue;

const char* cq_version(void) { return version().data(); }

const char* cq_status_text(int32_t status) {
  if (status == CQ_OK) return "ok";
  if (status < CQ_OK || status > CQ_INTERNAL) return "";
  return to_text(static_cast<ErrorCode>(status)).data();
}

void cq_error_free(cq_error** error) {
  if (error != nullptr && *error == &c::no_memory) *error = nullptr;
  c::free_owned(error);
}

void cq_string_free(char** text) {
  if (text == nullptr) return;
  ::operator delete(*text);
  *text = nullptr;
}
