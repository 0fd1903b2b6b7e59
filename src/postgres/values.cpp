// Values on their way to the server and back, in its binary form.
#include <libpq-fe.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <utility>

#include "postgres/connection.hpp"

namespace callqueue::postgres {
namespace {

// Types by their object ids, which are the same in every server.
constexpr Oid kBool = 16;
constexpr Oid kInt8 = 20;
constexpr Oid kInt2 = 21;
constexpr Oid kInt4 = 23;
constexpr Oid kBytea = 17;
constexpr Oid kText = 25;
constexpr Oid kFloat8 = 701;
constexpr Oid kDate = 1082;
constexpr Oid kTime = 1083;
constexpr Oid kTimestamptz = 1184;
constexpr Oid kUuid = 2950;
constexpr Oid kJsonb = 3802;

/// The server counts from here.
constexpr Instant kEpoch = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};
/// What is beyond, infinity among it, is read as these.
constexpr std::chrono::sys_days kFirstDay{std::chrono::year{1} / 1 / 1};
constexpr std::chrono::sys_days kLastDay{std::chrono::year{9999} / 12 / 31};

Oid array_of(Oid element) {
  switch (element) {
    case kBool: return 1000;
    case kInt4: return 1007;
    case kText: return 1009;
    case kInt8: return 1016;
    case kTimestamptz: return 1185;
    case kUuid: return 2951;
    default: throw Failure{ErrorCode::internal, "there are no arrays of this type"};
  }
}

/// The lowest `bytes` bytes, the highest first.
std::string big_endian(std::uint64_t value, int bytes) {
  std::string text(static_cast<std::size_t>(bytes), '\0');
  for (auto it = text.rbegin(); it != text.rend(); ++it, value >>= 8U) {
    *it = static_cast<char>(value & 0xffU);
  }
  return text;
}

std::string four_bytes(std::size_t value) { return big_endian(value, 4); }

std::uint64_t from_big_endian(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

// --- Parameters ---------------------------------------------------------------------------------

void Parameters::add(std::uint32_t type, std::string value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
  nulls_.push_back(false);
}

void Parameters::add(bool value) { add(kBool, std::string(1, value ? '\1' : '\0')); }
void Parameters::add(int value) { add(kInt4, big_endian(static_cast<std::uint64_t>(value), 4)); }
void Parameters::add(std::int64_t value) {
  add(kInt8, big_endian(static_cast<std::uint64_t>(value), 8));
}
void Parameters::add(std::string_view value) { add(kText, std::string{value}); }
void Parameters::add(Instant value) {
  add(kTimestamptz, big_endian(static_cast<std::uint64_t>((value - kEpoch).count()), 8));
}
void Parameters::add(const Uuid& value) {
  add(kUuid, {reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
}

void Parameters::add(JsonText value) {
  add(kJsonb, '\1' + std::string{value.text});  // A version comes first.
}
void Parameters::add(Bytes value) { add(kBytea, std::string{value.data}); }
void Parameters::add(LocalDate value) {
  const auto days = std::chrono::sys_days{value} - std::chrono::floor<std::chrono::days>(kEpoch);
  add(kDate, big_endian(static_cast<std::uint64_t>(days.count()), 4));
}
void Parameters::add(WallTime value) {
  const std::chrono::microseconds time{value.time};
  add(kTime, big_endian(static_cast<std::uint64_t>(time.count()), 8));
}

void Parameters::add_array(std::uint32_t element_type, const Parameters& elements) {
  constexpr auto kNull = static_cast<std::uint32_t>(-1);
  const auto& values = elements.values_;
  const bool some_null =
      std::find(elements.nulls_.begin(), elements.nulls_.end(), true) != elements.nulls_.end();
  // Dimensions, whether there are NULLs, the type; of the dimension its length and first index.
  std::string array =
      four_bytes(values.empty() ? 0 : 1) + four_bytes(some_null ? 1 : 0) + four_bytes(element_type);
  if (!values.empty()) array += four_bytes(values.size()) + four_bytes(1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    array += elements.nulls_[i] ? four_bytes(kNull) : four_bytes(values[i].size()) + values[i];
  }
  add(array_of(element_type), std::move(array));
}

// --- ResultRows ---------------------------------------------------------------------------------

void ClearResult::operator()(pg_result* result) const noexcept { PQclear(result); }

bool ResultRows::step() noexcept { return ++row_ < PQntuples(result_.get()); }

std::int64_t ResultRows::count() const {
  const std::string_view changed = PQcmdTuples(result_.get());
  return changed.empty() ? PQntuples(result_.get()) : std::stoll(std::string{changed});
}

bool ResultRows::is_null(int column) const { return PQgetisnull(result_.get(), row_, column) != 0; }

std::string_view ResultRows::bytes(int column) const {
  return {PQgetvalue(result_.get(), row_, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

std::int64_t ResultRows::integer(int column) const {
  const auto value = bytes(column);
  switch (PQftype(result_.get(), column)) {
    case kInt2: return static_cast<std::int16_t>(from_big_endian(value));
    case kInt4: return static_cast<std::int32_t>(from_big_endian(value));
    case kInt8: return static_cast<std::int64_t>(from_big_endian(value));
    default: throw Failure{ErrorCode::corrupt, "a column that holds numbers is of another type"};
  }
}

namespace {

/// Guards against a column whose type is not the one that the library gave it.
void expect(const PGresult* result, int column, Oid type) {
  if (PQftype(result, column) == type) return;
  throw Failure{ErrorCode::corrupt,
                std::string{"column "} + PQfname(result, column) + " is of an unexpected type"};
}

}  // namespace

template <>
std::int64_t ResultRows::get<std::int64_t>(int column) const {
  return is_null(column) ? 0 : integer(column);
}

template <>
int ResultRows::get<int>(int column) const {
  const auto value = get<std::int64_t>(column);
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    throw Failure{ErrorCode::corrupt, "a number in the database is too large"};
  }
  return static_cast<int>(value);
}

template <>
bool ResultRows::get<bool>(int column) const {
  if (is_null(column)) return false;
  expect(result_.get(), column, kBool);
  return bytes(column) == std::string_view{"\1", 1};
}

template <>
double ResultRows::get<double>(int column) const {
  if (is_null(column)) return 0;
  expect(result_.get(), column, kFloat8);
  return std::bit_cast<double>(from_big_endian(bytes(column)));
}

template <>
std::string_view ResultRows::get<std::string_view>(int column) const {
  if (is_null(column)) return {};
  auto text = bytes(column);
  // A version comes first.
  if (PQftype(result_.get(), column) == kJsonb) text.remove_prefix(1);
  return text;
}

template <>
std::string ResultRows::get<std::string>(int column) const {
  return std::string{get<std::string_view>(column)};
}

template <>
Bytes ResultRows::get<Bytes>(int column) const {
  if (is_null(column)) return {};
  expect(result_.get(), column, kBytea);
  return {bytes(column)};
}

template <>
Instant ResultRows::get<Instant>(int column) const {
  if (is_null(column)) return Instant{};
  expect(result_.get(), column, kTimestamptz);
  const std::chrono::microseconds since{static_cast<std::int64_t>(from_big_endian(bytes(column)))};
  return kEpoch +
         std::clamp<std::chrono::microseconds>(since, kFirstDay - kEpoch, kLastDay - kEpoch);
}

template <>
Uuid ResultRows::get<Uuid>(int column) const {
  if (is_null(column)) return Uuid{};
  expect(result_.get(), column, kUuid);
  Uuid uuid;
  bytes(column).copy(reinterpret_cast<char*>(uuid.bytes.data()), uuid.bytes.size());
  return uuid;
}

template <>
LocalDate ResultRows::get<LocalDate>(int column) const {
  expect(result_.get(), column, kDate);
  const auto days = static_cast<std::int32_t>(from_big_endian(bytes(column)));
  constexpr auto epoch = std::chrono::floor<std::chrono::days>(kEpoch);
  return epoch + std::clamp(std::chrono::days{days}, kFirstDay - epoch, kLastDay - epoch);
}

template <>
TimeOfDay ResultRows::get<TimeOfDay>(int column) const {
  expect(result_.get(), column, kTime);
  const std::chrono::microseconds time{static_cast<std::int64_t>(from_big_endian(bytes(column)))};
  return std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace callqueue::postgres
