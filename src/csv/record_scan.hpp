#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace callqueue::csv {

/// Bytes that take the place of those the engine cannot digest within a record. None of them occurs
/// in UTF-8, and `escape_for` keeps them out of the rest.
namespace mark {
inline constexpr char newline = '\xFF';          ///< `\n` within quotes.
inline constexpr char carriage_return = '\xFE';  ///< `\r` within quotes.
inline constexpr char nul = '\xFD';              ///< An embedded NUL.
inline constexpr char quote = '\xFC';            ///< A quote that quotes nothing.
inline constexpr char bad_quotes = '\xFB';       ///< First byte of a line with wrong quoting.
inline constexpr char too_long = '\xFA';         ///< First byte of a line beyond the limit.
inline constexpr char stray = '\xF8';            ///< Any of these as it came: invalid either way.
}  // namespace mark

/// A byte of a record that the engine is to see as another one.
struct Escape {
  std::uint32_t offset = 0;
  char byte = 0;
};

/// Where the first record of some bytes ends.
struct RecordScan {
  enum class Verdict {
    complete,
    incomplete,  ///< It goes on beyond the bytes that are there.
    bad_quotes,  ///< A closing quote is followed by text, or a quote is not closed before the end
                 ///< of the file or `most_lines`.
  };
  Verdict verdict = Verdict::incomplete;
  std::size_t size = 0;      ///< Without its line end.
  std::size_t consumed = 0;  ///< With it.
};

/// A record may go over so many lines: a file of quotes that are not closed would else be read over
/// again to the limit of a record for each of its lines.
inline constexpr int most_lines = 1000;

/// Finds the end of the first record. Quotes quote only at the start of a field (blanks before them
/// aside). A line ends with LF, CRLF or a lone CR.
///
/// @param at_end no bytes follow `bytes`. @param escapes receives what to escape in the record.
[[nodiscard]] RecordScan scan_record(std::string_view bytes, char separator, bool at_end,
                                     std::vector<Escape>& escapes);

/// The same for a physical line: quotes are like any other byte. Never `bad_quotes`.
[[nodiscard]] RecordScan scan_line(std::string_view bytes, bool at_end);

/// What the engine is to see in place of a byte; the byte itself when it can digest it.
[[nodiscard]] constexpr char escape_for(char byte) noexcept {
  if (byte == '\0') return mark::nul;
  if (byte == '"') return mark::quote;
  return static_cast<unsigned char>(byte) >= 0xF8 ? mark::stray : byte;
}

/// The byte that a mark stands for.
[[nodiscard]] constexpr char unescape(char byte) noexcept {
  switch (byte) {
    case mark::newline: return '\n';
    case mark::carriage_return: return '\r';
    case mark::nul: return '\0';
    case mark::quote: return '"';
    default: return byte;
  }
}

}  // namespace callqueue::csv
