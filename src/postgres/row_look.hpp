#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "postgres/host_tables.hpp"

namespace callqueue::postgres {

/// Runs what the host's own definitions are part of, or what may take too long.
/// @return nothing where the server refuses it; the transaction goes on. @param refused gets why.
template <class Ask>
std::optional<ResultRows> in_savepoint(Connection& connection, const Ask& ask,
                                       std::optional<StatementRefused>* refused = nullptr) {
  connection.execute("SAVEPOINT preflight");
  try {
    auto rows = ask();
    connection.execute("RELEASE SAVEPOINT preflight");
    return rows;
  } catch (const StatementRefused& why) {
    connection.execute("ROLLBACK TO SAVEPOINT preflight; RELEASE SAVEPOINT preflight");
    if (refused != nullptr) refused->emplace(why);
    return std::nullopt;
  }
}

/// Asks about the host's rows. What takes longer than it has patience for is given up, and said
/// so in the report.
class RowLook {
 public:
  using Severity = PreflightFinding::Severity;

  /// What is asked about, and what is said if it is so.
  struct Subject {
    Severity severity;
    const char* table;
    const char* column;
    std::string what;    ///< As in `PreflightFinding`.
    std::string remedy;  ///< The same.
  };

  /// @param patience that the transaction has; none: any, and only what blocks is asked.
  RowLook(Connection& connection, const HostTables& host, PreflightReport& report,
          std::optional<std::chrono::milliseconds> patience)
      : connection_(connection), host_(host), report_(report), patience_(patience) {}

  [[nodiscard]] const HostTables& host() const noexcept { return host_; }
  /// Whether the column is there, is what it should be and may be read.
  [[nodiscard]] bool can_ask(const std::string& table, const std::string& column) const;
  /// Whether somebody wants to know.
  [[nodiscard]] bool wants(Severity severity) const {
    return severity == Severity::blocks || patience_.has_value();
  }

  /// The rows of an answer; none where it took too long, or nobody wants to know.
  template <class... Args>
  std::optional<ResultRows> ask(const Subject& subject, const char* sql, const Args&... args) {
    if (!wants(subject.severity)) return std::nullopt;
    std::optional<StatementRefused> refused;
    auto rows = in_savepoint(
        connection_, [&] { return connection_.query(sql, args...); }, &refused);
    if (!rows) give_up(subject, *refused);
    return rows;
  }
  /// Adds the subject if there are such rows. @param sql counts them and names one.
  template <class... Args>
  void count(const Subject& subject, const char* sql, const Args&... args) {
    auto row = ask(subject, sql, args...);
    if (row && row->step() && row->template get<std::int64_t>(0) > 0) {
      add(subject, rows_of(row->template get<std::int64_t>(0), row->template get<std::string>(1)));
    }
  }
  void add(const Subject& subject, const std::string& more = "");
  /// " (3 rows, one is …)"
  [[nodiscard]] static std::string rows_of(std::int64_t count, const std::string& example);
  /// How large the table is and how many rows it has, in words.
  [[nodiscard]] std::string size_of(const std::string& table);

 private:
  [[nodiscard]] std::string number_of_rows(const std::string& table);
  void give_up(const Subject& subject, const StatementRefused& refused);

  Connection& connection_;
  const HostTables& host_;
  PreflightReport& report_;
  std::optional<std::chrono::milliseconds> patience_;
};

}  // namespace callqueue::postgres
