#include "csv/text.hpp"

#include <array>
#include <utility>

namespace callqueue::csv {
namespace {

constexpr std::string_view white = " \t\r\n\v\f";

/// Beyond ASCII, from the first to the last of each range.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> blanks = {{
    {"\xC2\xA0", "\xC2\xA0"},          // No-break space.
    {"\xC2\xAD", "\xC2\xAD"},          // Soft hyphen.
    {"\xD8\x9C", "\xD8\x9C"},          // Arabic letter mark.
    {"\xE2\x80\x80", "\xE2\x80\x8F"},  // Spaces, zero-width characters, direction marks.
    {"\xE2\x80\xA8", "\xE2\x80\xAF"},  // Line separators, embeddings, narrow no-break space.
    {"\xE2\x81\x9F", "\xE2\x81\xAF"},  // Word joiner, isolates.
    {"\xE3\x80\x80", "\xE3\x80\x80"},  // Ideographic space.
    {"\xEF\xBB\xBF", "\xEF\xBB\xBF"},  // Byte order mark.
}};

constexpr bool is_ascii(char c) noexcept { return static_cast<unsigned char>(c) < 0x80; }

std::size_t blank_at_end(std::string_view text) noexcept {
  if (text.empty()) return 0;
  if (is_ascii(text.back())) return blank(text.substr(text.size() - 1));
  for (std::size_t size = 2; size <= 3 && size <= text.size(); ++size) {
    if (blank(text.substr(text.size() - size)) == size) return size;
  }
  return 0;
}

}  // namespace

std::size_t blank(std::string_view text) noexcept {
  if (text.empty()) return 0;
  if (is_ascii(text.front())) return white.find(text.front()) != std::string_view::npos ? 1 : 0;
  for (const auto& [first, last] : blanks) {
    const std::string_view character = text.substr(0, first.size());
    if (character >= first && character <= last) return first.size();
  }
  return 0;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (const std::size_t size = blank(text)) text.remove_prefix(size);
  while (const std::size_t size = blank_at_end(text)) text.remove_suffix(size);
  return text;
}

}  // namespace callqueue::csv
