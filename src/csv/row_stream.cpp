#include "csv/row_stream.hpp"

#include <algorithm>

namespace callqueue::csv {
namespace {

/// A row may be longer than one field, but the engine takes no line beyond 16 MiB.
std::size_t longest_record(std::size_t max_field_bytes) {
  constexpr std::size_t mebibyte = 1'048'576;
  return std::clamp(std::min(max_field_bytes, mebibyte) * 16, mebibyte, 8 * mebibyte);
}

}  // namespace

RowStream::RowStream(std::istream& file, const CsvImportOptions& options)
    : reader_(file, longest_record(options.max_field_bytes)) {}

Result<std::unique_ptr<RowStream>> RowStream::open(std::istream& file,
                                                   const CsvImportOptions& options) {
  auto normalizer = PhoneNormalizer::create(options.default_region);
  if (!normalizer) return tl::unexpected(std::move(normalizer.error()));
  std::unique_ptr<RowStream> rows{new RowStream{file, options}};
  if (auto read = rows->read_header_line(); !read) return tl::unexpected(std::move(read.error()));
  rows->check_.emplace(rows->header_, rows->reader_.separator(), std::move(*normalizer), options);
  return rows;
}

Result<void> RowStream::read_header_line() {
  if (const auto& readable = reader_.readable(); !readable) return readable;
  const bool there = next_record();
  if (failed()) return fail(ErrorCode::unavailable, "the file cannot be read", "file");
  if (!there) {
    return fail(ErrorCode::invalid_argument,
                "The file is empty: it needs a header line with the column phone_number.",
                "phone_number");
  }
  auto header = read_header(record_);
  if (!header) return tl::unexpected(std::move(header.error()));
  header_ = std::move(*header);
  return {};
}

bool RowStream::next_record() {
  while (reader_.next(record_)) {
    if (record_.defect != CsvRecord::Defect::none || !is_blank(record_)) return true;
  }
  return false;
}

RowStream::Next RowStream::next(ImportRow& row, CsvError& error) {
  if (!next_record()) return Next::end;
  auto wrong = check_->check(record_, row);
  if (!wrong) return Next::row;
  error = std::move(*wrong);
  return Next::error;
}

}  // namespace callqueue::csv
