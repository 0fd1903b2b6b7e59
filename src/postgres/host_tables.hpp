#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "callqueue/schema.hpp"
#include "postgres/connection.hpp"

namespace callqueue::postgres {

class RowLook;

// The tables that may be a host's, as they are and as they have to be.

/// What our inserts and updates write to a column.
enum class Filled {
  always,
  mostly,      ///< NULL for some calls only.
  sometimes,   ///< NULL where there is nothing to say.
  by_default,  ///< Nothing: the column's default has to fill it.
};

struct WantedColumn {
  const char* table;
  const char* column;
  const char* type;  ///< uuid, text, integer, boolean, timestamptz, date, time, jsonb, status.
  Filled filled = Filled::sometimes;
  bool required = false;   ///< Else the migration adds it.
  const char* value = "";  ///< What its default should be.
};

[[nodiscard]] std::span<const WantedColumn> wanted_columns();

struct HostTable {
  std::string kind;  ///< `pg_class.relkind`.
  bool may_alter = true;
  bool may_read = true;
  bool hides_rows = false;           ///< By row-level security, from the role that asks.
  std::optional<std::int64_t> rows;  ///< As the server estimates; none: it has never looked.
};

struct HostColumn {
  std::string type;  ///< `pg_type.typname`, of a domain the type below it.
  bool is_enum = false;
  bool is_domain = false;
  int length = 0;  ///< Of text; 0: any.
  bool not_null = false;
  bool has_default = false;
  bool is_generated = false;  ///< Or an identity that is always so.
  std::string full_type;      ///< As it is written in SQL.
};

struct HostTables {
  std::string role;  ///< That asks, as it is written in SQL.
  std::map<std::string, HostTable> tables;
  std::map<std::pair<std::string, std::string>, HostColumn> columns;

  [[nodiscard]] bool has(const std::string& table) const { return tables.contains(table); }
  [[nodiscard]] const HostColumn* find(const std::string& table, const std::string& column) const {
    const auto found = columns.find({table, column});
    return found == columns.end() ? nullptr : &found->second;
  }
};

/// Those that are there and that no migration has made.
/// @param version of the schema; 0: those that one has made, too.
[[nodiscard]] HostTables host_tables(Connection& connection, int version);

// The parts of a preflight; each adds what it finds. @pre a transaction is open.

/// What kind of tables they are, and whose.
void check_tables(const HostTables& host, PreflightReport& report);
/// Types of their columns, and what they have to hold.
void check_columns(const HostTables& host, PreflightReport& report);
/// What the role that migrates may not do, and what stands on functions that are replaced.
/// @param version of the schema.
void check_rights(Connection& connection, int version, PreflightReport& report);
/// Whether the columns take the words that are written to them.
void check_words(Connection& connection, const HostTables& host,
                 const std::vector<std::string>& active_statuses, PreflightReport& report);
/// What rows there are.
void check_rows(RowLook& look);
/// By whose clock calling hours will be meant.
void check_zones(RowLook& look);
/// The calls that are under way, or seem to be, and the rows of the queue that are.
void check_calls(RowLook& look, int version, const std::vector<std::string>& active_statuses);

inline void add_finding(PreflightReport& report, PreflightFinding::Severity severity,
                        std::string table, std::string column, std::string what,
                        std::string remedy) {
  report.findings.push_back(
      {severity, std::move(table), std::move(column), std::move(what), std::move(remedy)});
}

}  // namespace callqueue::postgres
