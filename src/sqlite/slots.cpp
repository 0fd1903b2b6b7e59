#include "sqlite/slots.hpp"

#include "store/dialed_number.hpp"

namespace callqueue::sqlite {
namespace {

// Index callqueue_calls_active, covering: only calls that hold a slot are in it.
constexpr char kActiveByUser[] = R"sql(
  SELECT user_id, count(*) FROM calls WHERE
    (status = 'initiated' OR status = 'ringing' OR status = 'in_progress')
  GROUP BY user_id)sql";
constexpr char kBusyNumbers[] = R"sql(
  SELECT phone_number FROM calls
  WHERE
    (status = 'initiated' OR status = 'ringing' OR status = 'in_progress') AND user_id = ?1)sql";
constexpr char kSettings[] = "SELECT system_limit, last_turn FROM callqueue_settings";

}  // namespace

Slots count_slots(Database& database) {
  Slots slots;
  auto settings = database.query(kSettings);
  if (!settings.step()) throw Failure{ErrorCode::corrupt, "callqueue_settings is empty"};
  slots.system_limit = settings.get<int>(0);
  slots.last_turn = settings.get<std::int64_t>(1);
  auto rows = database.query(kActiveByUser);
  while (rows.step()) {
    const int count = rows.get<int>(1);
    slots.active += count;
    // A host's own call may belong to nobody we know: it counts in the system, and stalls nobody.
    if (const auto user = parse_id<UserId>(rows.get<std::string_view>(0))) {
      slots.active_by_user.emplace(*user, count);
    }
  }
  return slots;
}

std::set<std::string> busy_numbers(Database& database, UserId user_id) {
  std::set<std::string> numbers;
  auto rows = database.query(kBusyNumbers, user_id);
  while (rows.step()) {
    auto number = dialed_number(rows.get<std::string_view>(0));
    if (!number.empty()) numbers.insert(std::move(number));
  }
  return numbers;
}

}  // namespace callqueue::sqlite
