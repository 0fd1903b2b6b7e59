#include "postgres/active_statuses.hpp"

#include <algorithm>

#include "callqueue/state.hpp"

namespace callqueue::postgres {
namespace {

constexpr char kGive[] = "SELECT set_config('callqueue.active_statuses', $1, true)";
constexpr char kDeclared[] = "SELECT unnest(callqueue_active_statuses()) ORDER BY 1";
// The indexes by their present definition, with the condition that will hold: what to run.
constexpr char kBuild[] = R"sql(
  WITH indexes AS (
    SELECT i.relname AS name, i.relname || '_new' AS new_name, pg_get_indexdef(i.oid) AS definition
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    WHERE x.indrelid = 'calls'::regclass
      AND i.relname IN ('callqueue_calls_active', 'callqueue_calls_lease'))
  SELECT statement FROM (
    SELECT 1 AS place, name, format('DROP INDEX CONCURRENTLY IF EXISTS %I', new_name) AS statement
    FROM indexes
    UNION ALL
    SELECT 2, name, format('CREATE INDEX CONCURRENTLY %I %s WHERE %s', new_name,
      substring(definition FROM ' (ON .*) WHERE '), callqueue_slot_condition($1))
    FROM indexes) statements
  ORDER BY place, name)sql";
// A claim counts by the old list or by the new one, not by both.
constexpr char kTakeTable[] = "SELECT callqueue_take_tables('calls')";
constexpr char kDefine[] = "SELECT callqueue_define_slots($1)";
constexpr char kReplace[] = R"sql(
  SELECT format('DROP INDEX %I; ALTER INDEX %I RENAME TO %I', o.relname, n.relname, o.relname)
  FROM pg_index x JOIN pg_class n ON n.oid = x.indexrelid
    JOIN pg_class o ON o.relnamespace = n.relnamespace AND o.relname || '_new' = n.relname
  WHERE x.indrelid = 'calls'::regclass
    AND o.relname IN ('callqueue_calls_active', 'callqueue_calls_lease'))sql";

std::vector<std::string> texts(ResultRows rows) {
  std::vector<std::string> values;
  while (rows.step()) values.push_back(rows.get<std::string>(0));
  return values;
}

[[noreturn]] void refuse(const std::string& status, const char* why) {
  throw Failure{ErrorCode::invalid_argument, "the status \"" + status + "\" " + why,
                "active_statuses"};
}

}  // namespace

std::vector<std::string> checked_statuses(std::vector<std::string> declared) {
  for (auto& status : declared) {
    status.erase(0, std::min(status.find_first_not_of(' '), status.size()));
    status.erase(status.find_last_not_of(' ') + 1);
  }
  std::erase_if(declared, [](const std::string& status) {
    const auto ours = parse_call_status(status);
    if (status.empty()) refuse(status, "is empty");
    if (status.find(',') != std::string::npos) refuse(status, "holds a comma");
    if (ours && !is_active(*ours)) refuse(status, "means that a call is over");
    return ours.has_value();
  });
  std::sort(declared.begin(), declared.end());
  declared.erase(std::unique(declared.begin(), declared.end()), declared.end());
  return declared;
}

void give_statuses(Connection& connection, const std::vector<std::string>& declared) {
  std::string list;
  for (const auto& status : declared) list += (list.empty() ? "" : ",") + status;
  connection.query(kGive, list);
}

std::vector<std::string> active_statuses(Connection& connection) {
  return texts(connection.query(kDeclared));
}

void declare_statuses(Connection& connection, const std::vector<std::string>& declared) {
  for (const auto& statement : texts(connection.query(kBuild, declared))) {
    connection.execute(statement);
  }
  Transaction transaction{connection};
  connection.query(kTakeTable);
  connection.query(kDefine, declared);
  for (const auto& statement : texts(connection.query(kReplace))) connection.execute(statement);
  transaction.commit();
}

}  // namespace callqueue::postgres
