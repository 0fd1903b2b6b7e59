#pragma once

#include <array>
#include <istream>
#include <streambuf>
#include <string>
#include <string_view>

#include "callqueue/digest.hpp"
#include "callqueue/keyed_request.hpp"
#include "http.hpp"

namespace rest {

/// Tells whether two requests are the same: by method, path and body. The boundary of a form does
/// not count, for clients make a new one each time.
class Fingerprint {
 public:
  explicit Fingerprint(const Request& request);

  /// Some of the body.
  void add(std::string_view piece);
  /// After all of it.
  [[nodiscard]] callqueue::Result<callqueue::RequestFingerprint> finish();

 private:
  void take(std::size_t size);

  callqueue::Sha256 hash_;
  std::string delimiter_;  ///< Stands before each part of a form; empty: this is none.
  std::string held_;       ///< Its beginning may be at the end of this.
};

/// A body that is read through: whatever is read is added to a fingerprint.
class ReadThrough : public std::istream {
 public:
  /// @param body, fingerprint must outlive the stream.
  ReadThrough(std::istream& body, Fingerprint& fingerprint);

  /// Reads what is left. @return whether all of the body came.
  [[nodiscard]] bool finish();

 private:
  class Buffer : public std::streambuf {
   public:
    Buffer(std::istream& body, Fingerprint& fingerprint) : body_(body), fingerprint_(fingerprint) {}

   private:
    int_type underflow() override;

    std::istream& body_;
    Fingerprint& fingerprint_;
    std::array<char, 16'384> piece_{};
  };

  Buffer buffer_;
};

}  // namespace rest
