#pragma once

#include <array>
#include <istream>
#include <memory>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>

namespace rest {

/// The boundary of a `multipart/form-data` content type; nothing for any other type.
[[nodiscard]] std::optional<std::string> multipart_boundary(std::string_view content_type);

/// One part of a form.
struct Part {
  std::string name;
  std::string filename;   ///< Empty: a plain field.
  std::istream& content;  ///< Until the next part is asked for. Bad when the form broke off.
};

/// Reads a form part by part as it arrives, in bounded memory.
class Multipart {
 public:
  /// @param form must outlive this.
  Multipart(std::istream& form, std::string_view boundary);
  ~Multipart();
  Multipart(const Multipart&) = delete;
  Multipart& operator=(const Multipart&) = delete;

  /// Skips what is left of the part before. Nothing behind the last one.
  /// @throws std::runtime_error when this is no form, or it broke off.
  [[nodiscard]] std::optional<Part> next();

 private:
  class Buffer;
  std::unique_ptr<Buffer> buffer_;
  std::unique_ptr<std::istream> content_;
};

/// What a part holds that has to be the last one, looked behind before it says that it is over:
/// what reads it never sees the end of it where another part follows.
class LastPart : public std::streambuf {
 public:
  /// @param content of the form's current part. Both must outlive this.
  LastPart(Multipart& form, std::istream& content) : form_(form), content_(&content) {}

  /// The name of the part that follows although none may, once all before it was read.
  [[nodiscard]] const std::optional<std::string>& follower() const { return follower_; }

 protected:
  int_type underflow() override;

 private:
  Multipart& form_;
  std::istream* content_;  ///< Null behind its end.
  std::array<char, 16'384> piece_;
  std::optional<std::string> follower_;
};

}  // namespace rest
