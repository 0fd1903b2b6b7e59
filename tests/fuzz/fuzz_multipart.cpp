#include <array>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "rest_server/multipart.hpp"

// Any bytes are a form, read to its end, or refused; nothing comes out that did not go in.

namespace {

void insist(bool promise) {
  if (!promise) std::abort();
}

/// @return how many bytes of content there are.
std::size_t read_content(std::istream& content) {
  std::size_t bytes = 0;
  std::array<char, 1000> piece{};
  while (content.read(piece.data(), piece.size()) || content.gcount() > 0) {
    bytes += static_cast<std::size_t>(content.gcount());
  }
  return bytes;
}

/// The end of what has to be the last part is seen only where it is.
void read_last(rest::Multipart& form, std::istream& content, std::size_t most) {
  rest::LastPart last{form, content};
  std::istream through{&last};
  insist(read_content(through) <= most);
  insist(through.bad() || !last.follower());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  // The first line is the content type, the rest is the form.
  const auto type = text.substr(0, text.find('\n'));
  const auto boundary = rest::multipart_boundary(type);
  insist(!boundary || (!boundary->empty() && boundary->size() <= 70));
  std::istringstream form{std::string{text.substr(std::min(type.size() + 1, size))}};
  try {
    rest::Multipart parts{form, boundary.value_or("x")};
    std::size_t bytes = 0;
    bool reads = true;
    while (const auto part = parts.next()) {
      bytes += part->name.size() + part->filename.size();
      if (part->name == "file") {
        read_last(parts, part->content, size - bytes);
        break;
      }
      if (reads) bytes += read_content(part->content);
      insist(bytes <= size);
      reads = !reads;  // What is left of a part is skipped.
    }
  } catch (const std::runtime_error&) {
  }
  return 0;
}
