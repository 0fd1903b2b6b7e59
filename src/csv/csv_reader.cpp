#include "csv/csv_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>  // The engine forgets it.
//
#include <libfccp/csv.h>

#include "csv/csv_header.hpp"
#include "csv/text.hpp"

namespace callqueue::csv {
namespace {

constexpr std::string_view separators = ",;\t";

/// What the engine reads from.
class EngineSource final : public io::ByteSourceBase {
 public:
  explicit EngineSource(RecordSource& source) : source_(source) {}
  int read(char* buffer, int size) override {
    return static_cast<int>(source_.read(buffer, static_cast<std::size_t>(size)));
  }

 private:
  RecordSource& source_;
};

/// Cuts a line into its fields, in place.
template <char separator>
void split(char* line, std::vector<std::string_view>& fields) {
  using Quotes = io::double_quote_escape<separator, '"'>;
  using Blanks =
      std::conditional_t<separator == '\t', io::trim_chars<' '>, io::trim_chars<' ', '\t'>>;
  while (true) {
    char* begin = line;
    char* end = line + (Quotes::find_next_column_end(line) - line);
    const bool last = *end == '\0';
    line = end + 1;
    // Blanks count unless they surround quotes.
    if (std::memchr(begin, '"', static_cast<std::size_t>(end - begin)) != nullptr) {
      Blanks::trim(begin, end);
      Quotes::unescape(begin, end);
    }
    fields.emplace_back(begin, static_cast<std::size_t>(end - begin));
    if (last) return;
  }
}

void split(char* line, char separator, std::vector<std::string_view>& fields) {
  fields.clear();
  switch (separator) {
    case ';': return split<';'>(line, fields);
    case '\t': return split<'\t'>(line, fields);
    default: return split<','>(line, fields);
  }
}

/// Line ends within a record that still has its marks.
std::int64_t line_ends(std::string_view line) {
  std::int64_t count = 0;
  char before = 0;
  for (const char byte : line) {
    if (byte == mark::carriage_return ||
        (byte == mark::newline && before != mark::carriage_return)) {
      ++count;
    }
    before = byte;
  }
  return count;
}

/// Puts the bytes back that marks stand for.
void unescape_fields(const std::vector<std::string_view>& fields) {
  for (const std::string_view field : fields) {
    // Our own buffer underneath: the engine hands it out for writing.
    char* text = const_cast<char*>(field.data());
    std::transform(text, text + field.size(), text, unescape);
  }
}

/// The separator under which the first record has a column for the number, then the one with most
/// columns.
char detect_separator(std::string_view head) {
  char best = separators.front();
  std::pair<bool, std::size_t> most{false, 1};
  head.remove_prefix(std::min(head.find_first_not_of("\r\n"), head.size()));
  for (const char separator : separators) {
    std::vector<Escape> escapes;
    const RecordScan scan = scan_record(head, separator, true, escapes);
    if (scan.verdict != RecordScan::Verdict::complete) continue;
    std::string line{head.substr(0, scan.size)};
    for (const Escape& escape : escapes) line[escape.offset] = escape.byte;
    std::vector<std::string_view> fields;
    split(line.data(), separator, fields);
    const bool has_number = std::any_of(fields.begin(), fields.end(), [](std::string_view field) {
      return known_field(field) == Field::phone_number;
    });
    if (const std::pair score{has_number, fields.size()}; score > most) {
      most = score;
      best = separator;
    }
  }
  return best;
}

/// The separator named by a first line as some spreadsheets write and read it: `sep=;`.
std::optional<char> declared_separator(std::string_view head) {
  const std::string_view line = head.substr(0, head.find_first_of("\r\n"));
  const bool quoted = line.starts_with('"') && line.ends_with('"');
  const std::string_view text = quoted ? line.substr(1, line.size() - 2) : line;
  if (text.size() != 5 || !(text.starts_with("sep=") || text.starts_with("SEP="))) return {};
  return text.back();
}

/// What a file that is no text is, by how it begins; empty for text.
std::string_view kind_of_binary(std::string_view head) {
  struct Kind {
    std::string_view begins;
    std::string_view name;
  };
  constexpr std::array<Kind, 9> kinds{{{"\x89PNG", "a picture (PNG)"},
                                       {"\xFF\xD8\xFF", "a picture (JPEG)"},
                                       {"GIF8", "a picture (GIF)"},
                                       {"%PDF-", "a PDF document"},
                                       {"PK\x03\x04", "a workbook (such as XLSX) or a ZIP archive"},
                                       {"PK\x05\x06", "an empty ZIP archive"},
                                       {"\xD0\xCF\x11\xE0", "a workbook (XLS)"},
                                       {"\x1F\x8B", "a compressed file (GZIP)"},
                                       {"{\\rtf", "a text document (RTF)"}}};
  for (const auto& kind : kinds) {
    if (head.starts_with(kind.begins)) return kind.name;
  }
  const auto first_line = head.substr(0, head.find_first_of("\r\n"));
  const bool has_nul = first_line.find('\0') != std::string_view::npos;
  return has_nul ? "a file of another kind: it holds NUL bytes, and no text does" : "";
}

Result<void> check_readable(std::string_view head) {
  const auto starts_with = [&](std::string_view bytes) { return head.starts_with(bytes); };
  if (starts_with("\xFF\xFE") || starts_with("\xFE\xFF")) {
    return fail(ErrorCode::invalid_argument,
                "The file is UTF-16 text; save it as CSV UTF-8 (comma delimited).", "file");
  }
  if (const auto kind = kind_of_binary(head); !kind.empty()) {
    return fail(ErrorCode::invalid_argument,
                "This is no CSV file but " + std::string{kind} +
                    ". Save the sheet with the numbers as CSV UTF-8 (comma delimited).",
                "file");
  }
  if (const auto declared = declared_separator(head);
      declared && separators.find(*declared) == std::string_view::npos) {
    return fail(ErrorCode::invalid_argument,
                "The first line names a separator that is not known here; save the file with "
                "commas, semicolons or tabs.",
                "file");
  }
  return {};
}

}  // namespace

struct CsvReader::Engine {
  explicit Engine(RecordSource& source) : lines("", std::make_unique<EngineSource>(source)) {}
  io::LineReader lines;
};

CsvReader::CsvReader(std::istream& file, std::size_t max_record)
    : source_(file, max_record),
      readable_(check_readable(source_.head())),
      separator_(detect_separator(source_.head())) {
  const auto declared = declared_separator(source_.head());
  if (declared) separator_ = *declared;
  source_.set_separator(separator_);
  engine_ = std::make_unique<Engine>(source_);
  if (declared) {
    CsvRecord line;
    (void)next(line);
  }
}

CsvReader::~CsvReader() = default;

bool CsvReader::next(CsvRecord& record) {
  char* line = engine_->lines.next_line();
  if (line == nullptr) return false;
  const std::size_t size = std::strlen(line);
  record.line = next_line_++;
  record.defect = CsvRecord::Defect::none;
  // No mark is UTF-8: one look tells that there is nothing to put back.
  record.clean = simdjson::validate_utf8(line, size);
  if (record.clean) {
    split(line, separator_, record.fields);
    return true;
  }
  next_line_ += line_ends({line, size});
  if (*line == mark::bad_quotes || *line == mark::too_long) {
    record.defect =
        *line == mark::too_long ? CsvRecord::Defect::too_long : CsvRecord::Defect::bad_quotes;
    record.fields.assign(1, {line + 1, size - 1});
  } else {
    split(line, separator_, record.fields);
  }
  unescape_fields(record.fields);
  return true;
}

bool is_blank(const CsvRecord& record) noexcept {
  return std::all_of(record.fields.begin(), record.fields.end(),
                     [](std::string_view field) { return trimmed(field).empty(); });
}

}  // namespace callqueue::csv
