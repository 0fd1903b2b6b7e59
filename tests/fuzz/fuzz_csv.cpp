#include <cstdlib>
#include <new>
#include <sstream>

#include "callqueue/call_queue.hpp"
#include "csv/row_stream.hpp"
#include "utf8.hpp"

// Any file is read to its end; rows and errors keep what the CSV import promises of them.

namespace {

// The engine's buffer of 48 MiB, which a sanitizer would mark byte by byte for every file: handed
// out again instead, a hundred times as many files are read.
constexpr std::size_t engine_buffer = 48U * 1024 * 1024;
char* const reused = static_cast<char*>(std::malloc(engine_buffer));

void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return size == engine_buffer ? reused : std::malloc(size);
}
void* operator new[](std::size_t size) {
  if (void* memory = operator new[](size, std::nothrow)) return memory;
  throw std::bad_alloc{};
}
void operator delete[](void* memory) noexcept {
  if (memory != reused) std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept { operator delete[](memory); }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace callqueue;
  using namespace callqueue::csv;
  if (size < 1) return 0;
  // The first byte chooses the options, the rest is the file.
  CsvImportOptions options;
  options.default_region = (*data & 1U) != 0 ? "DE" : "";
  options.max_field_bytes = (*data & 2U) != 0 ? 16 : 64 * 1024;
  std::istringstream file{std::string{reinterpret_cast<const char*>(data) + 1, size - 1}};
  auto rows = RowStream::open(file, options);
  if (!rows) {
    require(!rows.error().field.empty() && !rows.error().message.empty());
    return 0;
  }
  ImportRow row;
  CsvError error;
  std::int64_t line = 0;
  for (auto next = (*rows)->next(row, error); next != RowStream::Next::end;
       next = (*rows)->next(row, error)) {
    const bool good = next == RowStream::Next::row;
    const std::int64_t at = good ? row.line : error.line;
    require(at > line);
    line = at;
    if (good) {
      require(row.phone_number.size() >= 8 && row.phone_number.size() <= 16);
      require(row.phone_number.front() == '+');
      for (const std::string* text :
           {&row.name, &row.email, &row.company, &row.notes, &row.timezone, &row.user_data}) {
        require(is_clean_text(*text));
      }
      require(custom_priority(row.user_data).has_value());  // It is a JSON object.
    } else {
      require(error.value.size() <= 200 && is_clean_text(error.value) &&
              is_clean_text(error.field));
      require(!error.reason.empty());
    }
  }
  require(!(*rows)->failed());
  return 0;
}
