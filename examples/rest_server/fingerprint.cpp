#include "fingerprint.hpp"

#include <algorithm>
#include <stdexcept>

#include "multipart.hpp"

namespace rest {

Fingerprint::Fingerprint(const Request& request) {
  if (const auto boundary = multipart_boundary(request.field("content-type"))) {
    delimiter_ = "\r\n--" + *boundary;
    held_ = "\r\n";  // The first one has none before it.
  }
  hash_.add(request.method + '\n' + std::to_string(request.path.size()) + '\n' + request.path);
}

void Fingerprint::add(std::string_view piece) {
  if (delimiter_.empty()) return hash_.add(piece);
  held_ += piece;
  for (auto at = held_.find(delimiter_); at != std::string::npos; at = held_.find(delimiter_)) {
    take(at);
    held_.erase(0, delimiter_.size());
    hash_.add("\r\n--");  // It counts where one was.
  }
  if (held_.size() >= delimiter_.size()) take(held_.size() - (delimiter_.size() - 1));
}

void Fingerprint::take(std::size_t size) {
  hash_.add(std::string_view{held_}.substr(0, size));
  held_.erase(0, size);
}

callqueue::Result<callqueue::RequestFingerprint> Fingerprint::finish() {
  take(held_.size());
  return hash_.finish();
}

ReadThrough::ReadThrough(std::istream& body, Fingerprint& fingerprint)
    : std::istream(nullptr), buffer_(body, fingerprint) {
  rdbuf(&buffer_);
}

bool ReadThrough::finish() {
  clear();  // The handler has read up to an end of its own, or of the body.
  std::array<char, 16'384> rest{};
  while (read(rest.data(), rest.size())) {
  }
  return !bad();
}

ReadThrough::Buffer::int_type ReadThrough::Buffer::underflow() {
  body_.read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
  const auto size = body_.gcount();
  fingerprint_.add({piece_.data(), static_cast<std::size_t>(size)});
  if (body_.bad()) throw std::runtime_error("the body broke off");
  setg(piece_.data(), piece_.data(), piece_.data() + size);
  return size == 0 ? traits_type::eof() : traits_type::to_int_type(piece_.front());
}

}  // namespace rest
