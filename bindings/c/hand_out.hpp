#pragma once

#include <string>

#include "bindings/c/arguments.hpp"
#include "bindings/c/guard.hpp"
#include "bindings/c/owned.hpp"

/// Guards for what most functions do: ask for something and hand out what came. `body` returns it.
namespace callqueue::c {

/// Hands out what `body` found. The caller wants nothing else, so there has to be a place for it.
template <class View, class Body>
cq_status finds(View** target, const char* name, cq_error** error, Body&& body) noexcept {
  clear(target);
  return guard(error, [&] {
    auto& found = out(target, name);
    found = own<View>(body());
  });
}

/// The same as JSON, or another text.
template <class Body>
cq_status tells(char** target, const char* name, cq_error** error, Body&& body) noexcept {
  clear(target);
  return guard(error, [&] {
    auto& told = out(target, name);
    told = own_text(body());
  });
}

/// Hands out what `body` did to whoever wants it.
template <class View, class Body>
cq_status does(View** target, cq_error** error, Body&& body) noexcept {
  clear(target);
  return guard(error, [&] { give(target, body()); });
}

/// Fills a struct of the caller's.
template <class View, class Body>
cq_status fills(View* target, const char* name, cq_error** error, Body&& body) noexcept {
  return guard(error, [&] {
    auto& view = filled(target, name);
    fill_caller(body(), view);
  });
}

}  // namespace callqueue::c
