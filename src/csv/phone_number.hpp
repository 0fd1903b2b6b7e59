#pragma once

#include <string>
#include <string_view>

#include "callqueue/result.hpp"
#include "csv/phone_text.hpp"

namespace callqueue::csv {

/// Turns what people write into E.164, for one default region. Cheap to copy; thread-safe.
///
/// An international number is checked against a table of calling codes and lengths (about 50 ns);
/// everything else is asked of the phone number library (about 20 µs).
class PhoneNormalizer {
 public:
  /// International numbers only.
  PhoneNormalizer() = default;
  /// @param region ISO 3166 code in either case, or empty. @return `invalid_argument`
  /// (`default_region`) when nobody knows it.
  [[nodiscard]] static Result<PhoneNormalizer> create(std::string_view region);

  /// See `normalize_phone_number`.
  [[nodiscard]] Result<std::string> normalize(std::string_view text) const;

 private:
  [[nodiscard]] Result<std::string> national(const std::string& digits) const;

  std::string region_;
  std::string calling_code_;  ///< The region's.
  bool dials_00_ = true;      ///< `00` is how the region starts an international number.
};

}  // namespace callqueue::csv
