#pragma once

#include <array>
#include <functional>
#include <istream>
#include <streambuf>
#include <utility>

namespace rest {

/// The body of a request that is still arriving, as a stream: whoever reads waits for the next
/// piece. A body that breaks off makes the stream bad.
class BodyStream : public std::istream {
 public:
  /// Fills the buffer; @return how much, 0 at the end. Throws when the body broke off.
  using Fetch = std::function<std::size_t(char* into, std::size_t size)>;

  explicit BodyStream(Fetch fetch) : std::istream(nullptr), buffer_(std::move(fetch)) {
    rdbuf(&buffer_);
  }

 private:
  class Buffer : public std::streambuf {
   public:
    explicit Buffer(Fetch fetch) : fetch_(std::move(fetch)) {}

   private:
    int_type underflow() override {
      const auto size = fetch_(piece_.data(), piece_.size());
      setg(piece_.data(), piece_.data(), piece_.data() + size);
      return size == 0 ? traits_type::eof() : traits_type::to_int_type(piece_.front());
    }

    Fetch fetch_;
    std::array<char, 65'536> piece_;
  };

  Buffer buffer_;
};

}  // namespace rest
