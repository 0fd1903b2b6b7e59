#include "multipart.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <streambuf>

namespace rest {
namespace {

constexpr std::size_t kBlock = 65'536;
constexpr std::size_t kLongestPartHeader = 8'192;
constexpr std::size_t kLongestBoundary = 70;  // RFC 2046, section 5.1.1.
constexpr std::string_view kLineEnd = "\r\n";

std::string lower(std::string_view text) {
  std::string lowered{text};
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lowered;
}

/// A parameter of a header's value: `name="file"`, or `boundary=x`.
std::string parameter(std::string_view value, std::string_view name) {
  const auto lowered = lower(value);
  for (auto at = lowered.find(';'); at != std::string::npos; at = lowered.find(';', at + 1)) {
    const auto begin = lowered.find_first_not_of(" \t", at + 1);
    if (begin == std::string::npos || lowered.compare(begin, name.size(), name) != 0 ||
        lowered[begin + name.size()] != '=') {
      continue;
    }
    auto rest = value.substr(begin + name.size() + 1);
    if (!rest.starts_with('"')) return std::string{rest.substr(0, rest.find_first_of("; \t"))};
    rest.remove_prefix(1);
    return std::string{rest.substr(0, rest.find('"'))};
  }
  return {};
}

}  // namespace

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  if (!lower(content_type).starts_with("multipart/form-data")) return std::nullopt;
  auto boundary = parameter(content_type, "boundary");
  if (boundary.empty() || boundary.size() > kLongestBoundary) return std::nullopt;
  return boundary;
}

/// What the form holds up to the next boundary.
class Multipart::Buffer : public std::streambuf {
 public:
  Buffer(std::istream& form, std::string_view boundary)
      : form_(form), delimiter_("\r\n--" + std::string{boundary}), held_(kLineEnd) {}

  /// Goes to the header of the next part. @return it; nothing behind the last part.
  std::optional<std::string> next_header() {
    while (underflow() != traits_type::eof()) {  // Before the first one lies nobody's text.
      setg(eback(), egptr(), egptr());
    }
    drop(delimiter_.size());
    if (take_line_of(2) == "--") return std::nullopt;
    std::string header;
    for (;;) {
      const auto end = find(kLineEnd, kLongestPartHeader);
      if (end == 0) break;
      header += held_.substr(0, end + kLineEnd.size());
      drop(end + kLineEnd.size());
      if (header.size() > kLongestPartHeader)
        throw std::runtime_error("a part's header is too long");
    }
    drop(kLineEnd.size());
    return header;
  }

 protected:
  int_type underflow() override {
    drop(shown_);
    shown_ = 0;
    fill(kBlock);
    const auto end = held_.find(delimiter_);
    if (end == std::string::npos && is_over_) throw std::runtime_error("the form broke off");
    // Its beginning may be at the end.
    shown_ = end != std::string::npos ? end : held_.size() - (delimiter_.size() - 1);
    setg(held_.data(), held_.data(), held_.data() + shown_);
    return shown_ == 0 ? traits_type::eof() : traits_type::to_int_type(held_.front());
  }

 private:
  void fill(std::size_t size) {
    std::array<char, 16'384> piece;
    while (held_.size() < size && !is_over_) {
      form_.read(piece.data(), piece.size());
      held_.append(piece.data(), static_cast<std::size_t>(form_.gcount()));
      if (form_.bad()) throw std::runtime_error("the form broke off");
      is_over_ = form_.eof();
    }
  }
  void drop(std::size_t size) { held_.erase(0, size); }
  std::size_t find(std::string_view text, std::size_t within) {
    fill(within + text.size());
    const auto found = held_.find(text);
    if (found == std::string::npos || found > within) throw std::runtime_error("this is no form");
    return found;
  }
  /// What follows a boundary: the end of its line, or `--`.
  std::string take_line_of(std::size_t size) {
    fill(size);
    auto taken = held_.substr(0, size);
    drop(size);
    if (taken != kLineEnd && taken != "--") throw std::runtime_error("this is no form");
    return taken;
  }

  std::istream& form_;
  const std::string delimiter_;
  std::string held_;
  std::size_t shown_ = 0;  ///< So many bytes in front have been handed out.
  bool is_over_ = false;
};

Multipart::Multipart(std::istream& form, std::string_view boundary)
    : buffer_(std::make_unique<Buffer>(form, boundary)) {}

Multipart::~Multipart() = default;

std::optional<Part> Multipart::next() {
  const auto header = buffer_->next_header();
  if (!header) return std::nullopt;
  std::string disposition;
  for (std::string_view rest = *header; !rest.empty();) {
    const auto line = rest.substr(0, rest.find(kLineEnd));
    rest.remove_prefix(std::min(line.size() + kLineEnd.size(), rest.size()));
    if (lower(line.substr(0, line.find(':'))) == "content-disposition") disposition = line;
  }
  content_ = std::make_unique<std::istream>(buffer_.get());
  return Part{.name = parameter(disposition, "name"),
              .filename = parameter(disposition, "filename"),
              .content = *content_};
}

LastPart::int_type LastPart::underflow() {
  if (content_ == nullptr) return traits_type::eof();
  content_->read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
  const auto size = content_->gcount();
  if (content_->bad()) throw std::runtime_error("the form broke off");
  if (size == 0) {
    content_ = nullptr;
    const auto next = form_.next();
    if (!next) return traits_type::eof();
    follower_ = next->name;
    throw std::runtime_error("a part follows the last one");
  }
  setg(piece_.data(), piece_.data(), piece_.data() + size);
  return traits_type::to_int_type(piece_.front());
}

}  // namespace rest
