#pragma once

#include <atomic>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "csv/record_scan.hpp"

namespace callqueue::csv {

/// Turns a CSV file into what a reader of lines can digest: one record a line, each ended by LF,
/// what would trouble it replaced by marks (see `mark`).
///
/// A record with wrong quoting costs only the physical line it starts on: reading goes on with the
/// next one. Such a line, and one beyond the limit, comes as a mark and its first bytes. Holds at
/// most one record and a chunk in memory.
class RecordSource {
 public:
  /// Reads the first chunk. @param max_record bytes of the longest record that is accepted.
  RecordSource(std::istream& file, std::size_t max_record, std::size_t chunk = 262'144);

  /// The file's first bytes (behind a byte order mark), before `read` was called.
  [[nodiscard]] std::string_view head() const noexcept { return rest(); }
  void set_separator(char separator) noexcept { separator_ = separator; }

  /// Fills the buffer; less than `size` only at the end. Never throws.
  [[nodiscard]] std::size_t read(char* buffer, std::size_t size);
  /// Whether reading the file failed: what came so far is not all of it. Thread-safe.
  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  [[nodiscard]] std::string_view rest() const noexcept {
    return {buffer_.data() + begin_, end_ - begin_};
  }
  /// Whether a record that is still incomplete must be too long: one may end in a carriage return
  /// whose line feed is to come.
  [[nodiscard]] bool is_beyond_limit() const noexcept { return end_ - begin_ > max_record_ + 1; }
  void refill();
  bool prepare();
  bool prepare_by_line();
  void emit(const RecordScan& scan);
  void emit_flagged(char flag, std::string_view line);
  bool skip_line();

  std::istream& file_;
  std::size_t max_record_;
  std::size_t chunk_;
  char separator_ = ',';
  std::vector<char> buffer_;  ///< For a longest record, a chunk and line ends.
  std::size_t begin_ = 0;     ///< Of what was not handed out yet.
  std::size_t end_ = 0;
  bool at_end_ = false;     ///< The file has no more bytes.
  bool skipping_ = false;   ///< Within a line that is too long.
  std::string_view ready_;  ///< Prepared for the reader of lines.
  std::string flagged_;
  std::vector<Escape> escapes_;
  std::atomic<bool> failed_ = false;
};

}  // namespace callqueue::csv
