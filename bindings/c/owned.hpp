#pragma once

#include <cstring>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "callqueue.h"
#include "callqueue/uuid.hpp"

namespace callqueue::c {

/// What a struct of the C API points to: texts and more structs. All of it goes at once.
class Arena {
 public:
  [[nodiscard]] const char* text(std::string_view text) {
    auto* copy = static_cast<char*>(memory_.allocate(text.size() + 1, 1));
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return copy;
  }
  /// Null for the nil id.
  template <class Tag>
  [[nodiscard]] const char* id(const Id<Tag>& id) {
    return id.is_nil() ? nullptr : text(to_text(id));
  }
  template <class T>
  [[nodiscard]] T* make(std::size_t count = 1) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (memory_.allocate(count * sizeof(T), alignof(T))) T[count]{};
  }
  /// A struct that says what `model` says; see `fill`.
  template <class View, class Model>
  [[nodiscard]] View* view(const Model& model) {
    auto* made = make<View>();
    made->size = sizeof(View);
    fill(*this, model, *made);
    return made;
  }

 private:
  std::pmr::monotonic_buffer_resource memory_;
};

/// A struct that its user frees, with all that it points to.
template <class View>
struct Owned : View {
  Arena arena;
};

template <class View, class Model>
[[nodiscard]] View* own(const Model& model) {
  auto owned = std::make_unique<Owned<View>>();
  static_cast<View&>(*owned) = View{};
  owned->size = sizeof(View);
  fill(owned->arena, model, static_cast<View&>(*owned));
  return owned.release();
}

/// For outputs that nobody has to take.
template <class View, class Model>
void give(View** target, const Model& model) {
  if (target != nullptr) *target = own<View>(model);
}

/// Says at once, whatever comes, that nothing is handed out yet.
template <class T>
void clear(T** target) noexcept {
  if (target != nullptr) *target = nullptr;
}

template <class View>
void free_owned(View** view) noexcept {
  if (view == nullptr) return;
  delete static_cast<Owned<View>*>(*view);
  *view = nullptr;
}

/// For `cq_string_free`.
[[nodiscard]] char* own_text(std::string_view text);

/// Fills a list's `items` and `count`.
template <class View, class List, class Models>
void fill_items(Arena& arena, const Models& models, List& list) {
  auto** items = arena.make<const View*>(models.size());
  for (std::size_t i = 0; i < models.size(); ++i) items[i] = arena.view<View>(models[i]);
  list.count = models.size();
  list.items = items;
}

}  // namespace callqueue::c

#include "bindings/c/views.hpp"
