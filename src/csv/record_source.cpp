#include "csv/record_source.hpp"

#include <algorithm>
#include <cstring>

namespace callqueue::csv {
namespace {

using Verdict = RecordScan::Verdict;

constexpr std::size_t shown_of_flagged = 256;

}  // namespace

RecordSource::RecordSource(std::istream& file, std::size_t max_record, std::size_t chunk)
    : file_(file),
      max_record_(std::max<std::size_t>(max_record, 4)),  // Room for a mark and a byte.
      chunk_(chunk),
      buffer_(max_record_ + chunk + 2) {
  constexpr std::size_t mark_size = 3;
  while (rest().size() < mark_size && !at_end_) refill();
  if (rest().starts_with("\xEF\xBB\xBF")) begin_ = mark_size;
}

void RecordSource::refill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  const std::size_t room = std::min(chunk_, max_record_ + 1 + chunk_ - end_);
  try {
    file_.read(buffer_.data() + end_, static_cast<std::streamsize>(room));
  } catch (...) {
    failed_ = true;  // The host's stream may throw: gcount still tells what came.
  }
  const auto got = static_cast<std::size_t>(file_.gcount());
  end_ += got;
  at_end_ = got < room;
  if (file_.bad() || (at_end_ && !file_.eof())) failed_ = true;
}

std::size_t RecordSource::read(char* buffer, std::size_t size) {
  std::size_t filled = 0;
  while (filled < size && (!ready_.empty() || prepare())) {
    const std::size_t part = std::min(size - filled, ready_.size());
    std::memcpy(buffer + filled, ready_.data(), part);
    filled += part;
    ready_.remove_prefix(part);
  }
  return filled;
}

/// Makes the next line ready. @return false at the end.
bool RecordSource::prepare() {
  if (skipping_ && !skip_line()) return false;
  while (true) {
    if (rest().empty() && !at_end_) refill();
    if (rest().empty()) return false;
    const RecordScan scan = scan_record(rest(), separator_, at_end_, escapes_);
    if (scan.verdict == Verdict::complete && scan.size <= max_record_) {
      emit(scan);
      return true;
    }
    if (scan.verdict != Verdict::incomplete || is_beyond_limit()) {
      return prepare_by_line();
    }
    refill();
  }
}

/// The record cannot be taken as it stands: its first physical line is flagged.
bool RecordSource::prepare_by_line() {
  RecordScan line = scan_line(rest(), at_end_);
  while (line.verdict == Verdict::incomplete && !is_beyond_limit()) {
    refill();
    line = scan_line(rest(), at_end_);
  }
  if (line.verdict == Verdict::complete && line.size <= max_record_) {
    emit_flagged(mark::bad_quotes, rest().substr(0, line.size));
    begin_ += line.consumed;
  } else {
    emit_flagged(mark::too_long, rest().substr(0, max_record_));
    skipping_ = true;
  }
  return true;
}

void RecordSource::emit(const RecordScan& scan) {
  char* record = buffer_.data() + begin_;
  for (const Escape& escape : escapes_) record[escape.offset] = escape.byte;
  record[scan.size] = '\n';
  ready_ = {record, scan.size + 1};
  begin_ += scan.consumed;
}

void RecordSource::emit_flagged(char flag, std::string_view line) {
  flagged_.assign(1, flag);
  for (const char byte : line.substr(0, shown_of_flagged)) {
    flagged_ += byte == '\n' || byte == '\r' ? ' ' : escape_for(byte);
  }
  flagged_ += '\n';
  ready_ = flagged_;
}

/// Leaves the rest of a line that is too long. @return false when the file ends before.
bool RecordSource::skip_line() {
  while (true) {
    const RecordScan line = scan_line(rest(), at_end_);
    if (line.verdict == Verdict::complete) {
      begin_ += line.consumed;
      skipping_ = false;
      return true;
    }
    // A carriage return at the end stays: its line feed may follow.
    begin_ = end_ > begin_ && buffer_[end_ - 1] == '\r' ? end_ - 1 : end_;
    refill();
  }
}

}  // namespace callqueue::csv
