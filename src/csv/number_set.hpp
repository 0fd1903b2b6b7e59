#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace callqueue::csv {

/// Phone numbers in E.164, in eight to sixteen bytes each: they have fifteen digits at most. After
/// the first million it takes no more.
class NumberSet {
 public:
  /// @return whether it is new. What is not kept is new each time.
  bool insert(std::string_view number) {
    const auto key = key_of(number);
    auto& slot = find(key);
    if (slot == key) return false;
    if (size_ == kMost) return true;
    slot = key;
    if (++size_ * 2 > slots_.size()) grow();
    return true;
  }
  [[nodiscard]] bool contains(std::string_view number) {
    const auto key = key_of(number);
    return find(key) == key;
  }

 private:
  static constexpr std::size_t kMost = 1'000'000;

  /// Never 0, which is an empty place: a digit 1 stands before.
  static std::uint64_t key_of(std::string_view number) {
    std::uint64_t key = 1;
    for (const char c : number) {
      if (c >= '0' && c <= '9') key = key * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return key;
  }
  std::uint64_t& find(std::uint64_t key) {
    auto at = (key * 0x9E37'79B9'7F4A'7C15U >> 20U) & (slots_.size() - 1);
    while (slots_[at] != 0 && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow() {
    std::vector<std::uint64_t> before(slots_.size() * 2);
    before.swap(slots_);
    for (const auto key : before) {
      if (key != 0) find(key) = key;
    }
  }

  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);
  std::size_t size_ = 0;
};

}  // namespace callqueue::csv
