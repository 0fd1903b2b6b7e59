#include "cli/csv_file.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "simulated_carrier/progress_bars.hpp"

namespace callqueue::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

void add_csv_file_options(CLI::App* command, CsvFileOptions& options) {
  command->add_option("file,--file", options.file, "The CSV file; - for standard input")
      ->required();
  command->add_option("--default-region", options.import.default_region,
                      "Country of national numbers, as DE");
  command->add_flag("--atomic", options.import.atomic, "Import nothing if a row fails");
  command->add_option("--errors", options.errors, "Write every row's error to this CSV file");
}

std::streamsize CountedFile::xsgetn(char* to, std::streamsize size) {
  const auto got = std::filebuf::xsgetn(to, size);
  bytes_read_ += got;
  return got;
}

CsvFile::CsvFile(const CsvFileOptions& options)
    : name_(options.file), errors_name_(options.errors) {
  open_rows();
  if (!errors_name_.empty()) open_errors();
}

void CsvFile::open_rows() {
  if (name_ == "-") {
    rows_.rdbuf(std::cin.rdbuf());
    return;
  }
  std::error_code error;
  if (std::filesystem::is_directory(name_, error)) throw Refused{name_ + " is a folder"};
  if (file_.open(name_, std::ios::in | std::ios::binary) == nullptr) {
    throw Refused{"cannot read " + name_ + ": " + std::strerror(errno)};
  }
  rows_.rdbuf(&file_);
  if (const auto size = std::filesystem::file_size(name_, error); !error) {
    size_ = static_cast<std::int64_t>(size);
  }
}

void CsvFile::open_errors() {
  std::error_code error;
  if (std::filesystem::equivalent(name_, errors_name_, error)) {
    throw Refused{"the errors cannot go to the file that is imported, " + errors_name_};
  }
  errors_.open(errors_name_, std::ios::binary | std::ios::trunc);
  if (!errors_) throw Refused{"cannot write " + errors_name_ + ": " + std::strerror(errno)};
}

std::function<bool(std::int64_t)> CsvFile::progress() {
  std::signal(SIGINT, [](int) { interrupted = 1; });
  return [this, bars = std::make_shared<ProgressBars>()](std::int64_t rows) {
    if (bars->due()) {
      bars->draw({{.label = name_,
                   .done = file_.bytes_read(),
                   .total = size_,
                   .note = fmt::format("{} rows", rows)}});
    }
    return interrupted == 0;
  };
}

void CsvFile::finish() {
  if (!errors_.is_open()) return;
  errors_.close();
  if (!errors_) throw Refused{"cannot write " + errors_name_};
}

void describe(const CsvReport& report) {
  constexpr std::size_t shown = 10;
  fmt::print(stderr, "{} rows: {} imported ({} of known contacts), {} skipped, {} failed\n",
             report.total, report.imported, report.matched, report.skipped, report.failed);
  for (std::size_t i = 0; i < report.errors.size() && i < shown; ++i) {
    const auto& error = report.errors[i];
    fmt::print(stderr, "  line {}: {}{}{}\n", error.line, error.field,
               error.field.empty() ? "" : ": ", error.reason);
  }
  const auto more = report.errors_total - static_cast<std::int64_t>(shown);
  if (more > 0) fmt::print(stderr, "  and {} more: see --errors FILE\n", more);
}

CsvReport report_of(Result<CsvReport> imported) {
  const bool is_option = !imported && imported.error().field == "default_region";
  if (!imported && !is_option) throw Refused{describe(imported.error())};
  return value(std::move(imported));
}

void refuse_if_taken_back(const CsvImportOptions& options, const CsvReport& report) {
  if (!options.atomic || report.failed == 0) return;
  throw Refused{fmt::format("{} rows failed, so nothing was imported (--atomic)", report.failed)};
}

}  // namespace callqueue::cli
