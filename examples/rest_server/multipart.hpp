#pragma once

#include <istream>
#include <memory>
#include <optional>
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

}  // namespace rest
