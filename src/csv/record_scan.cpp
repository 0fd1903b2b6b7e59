#include "csv/record_scan.hpp"

#include <array>

namespace callqueue::csv {
namespace {

using Verdict = RecordScan::Verdict;

/// The bytes at which a scan has to stop and look.
constexpr std::array<bool, 256> special = [] {
  std::array<bool, 256> table{};
  table['\n'] = table['\r'] = table['"'] = table['\0'] = true;
  for (std::size_t byte = 0xF8; byte < table.size(); ++byte) table[byte] = true;
  return table;
}();

constexpr bool is_special(char byte) noexcept { return special[static_cast<unsigned char>(byte)]; }
constexpr bool is_blank(char byte, char separator) noexcept {
  return byte == ' ' || (byte == '\t' && separator != '\t');
}

/// Walks one record; one object a record.
class Scanner {
 public:
  Scanner(std::string_view bytes, char separator, bool at_end, std::vector<Escape>& escapes)
      : bytes_(bytes), separator_(separator), at_end_(at_end), escapes_(escapes) {}

  RecordScan run() {
    while (true) {
      skip_plain();
      if (at_ == bytes_.size()) return at_end_ ? complete(0) : RecordScan{};
      const char byte = bytes_[at_];
      if (byte == '\n') return complete(1);
      if (byte == '\r') return carriage_return();
      if (byte == '"' && at_field_start()) {
        const auto verdict = quoted();
        if (verdict != Verdict::complete) return {.verdict = verdict};
      } else {
        escape(escape_for(byte));
        ++at_;
      }
    }
  }

 private:
  void skip_plain() {
    while (at_ < bytes_.size() && !is_special(bytes_[at_])) ++at_;
  }
  void escape(char byte) { escapes_.push_back({static_cast<std::uint32_t>(at_), byte}); }

  RecordScan complete(std::size_t line_end) const {
    return {.verdict = Verdict::complete, .size = at_, .consumed = at_ + line_end};
  }
  RecordScan carriage_return() const {
    if (at_ + 1 < bytes_.size()) return complete(bytes_[at_ + 1] == '\n' ? 2 : 1);
    return at_end_ ? complete(1) : RecordScan{};  // Its line feed may still come.
  }

  bool at_field_start() const {
    std::size_t before = at_;
    while (before > 0 && is_blank(bytes_[before - 1], separator_)) --before;
    return before == 0 || bytes_[before - 1] == separator_;
  }

  /// From the opening quote to behind the closing one and the blanks that follow it. `complete`
  /// when a separator, a line end or the end is there.
  Verdict quoted() {
    ++at_;
    while (true) {
      skip_plain();
      if (at_ == bytes_.size()) return at_end_ ? Verdict::bad_quotes : Verdict::incomplete;
      const char byte = bytes_[at_];
      if (byte != '"') {
        if (ends_line(byte) && ++lines_ == most_lines) return Verdict::bad_quotes;
        escape(byte == '\n'   ? mark::newline
               : byte == '\r' ? mark::carriage_return
                              : escape_for(byte));
        ++at_;
        continue;
      }
      ++at_;
      if (at_ == bytes_.size() && !at_end_) return Verdict::incomplete;
      if (at_ == bytes_.size() || bytes_[at_] != '"') return after_closing_quote();
      ++at_;  // A doubled one.
    }
  }

  /// @pre within quotes.
  bool ends_line(char byte) const {
    return byte == '\r' || (byte == '\n' && bytes_[at_ - 1] != '\r');
  }

  Verdict after_closing_quote() {
    while (at_ < bytes_.size() && is_blank(bytes_[at_], separator_)) ++at_;
    if (at_ == bytes_.size()) return at_end_ ? Verdict::complete : Verdict::incomplete;
    const char byte = bytes_[at_];
    const bool ends = byte == separator_ || byte == '\n' || byte == '\r';
    return ends ? Verdict::complete : Verdict::bad_quotes;
  }

  std::string_view bytes_;
  char separator_;
  bool at_end_;
  std::vector<Escape>& escapes_;
  std::size_t at_ = 0;
  int lines_ = 0;  ///< That ended within quotes.
};

}  // namespace

RecordScan scan_record(std::string_view bytes, char separator, bool at_end,
                       std::vector<Escape>& escapes) {
  escapes.clear();
  return Scanner{bytes, separator, at_end, escapes}.run();
}

RecordScan scan_line(std::string_view bytes, bool at_end) {
  const std::size_t end = bytes.find_first_of("\r\n");
  if (end == std::string_view::npos) {
    if (!at_end) return {};
    return {.verdict = Verdict::complete, .size = bytes.size(), .consumed = bytes.size()};
  }
  if (bytes[end] == '\r' && end + 1 == bytes.size() && !at_end) return {};
  const bool both = bytes[end] == '\r' && end + 1 < bytes.size() && bytes[end + 1] == '\n';
  return {.verdict = Verdict::complete, .size = end, .consumed = end + (both ? 2 : 1)};
}

}  // namespace callqueue::csv
