#include "postgres/steps.hpp"

#include <string_view>

namespace callqueue::postgres {
namespace {

constexpr std::string_view kEndOfQuery = "\n\\gexec";  // As psql reads it.

std::vector<std::string> queries_of(const std::string& steps) {
  std::vector<std::string> queries;
  for (std::size_t from = 0;;) {
    const auto end = steps.find(kEndOfQuery, from);
    if (end == std::string::npos) return queries;
    queries.push_back(steps.substr(from, end - from));
    from = end + kEndOfQuery.size();
  }
}

}  // namespace

std::vector<std::string> steps_left(Connection& connection, const std::string& steps) {
  std::vector<std::string> statements;
  for (const auto& query : queries_of(steps)) {
    auto rows = connection.execute(query);
    while (rows.step()) statements.push_back(rows.get<std::string>(0));
  }
  return statements;
}

std::vector<std::string> run_steps(Connection& connection, const std::string& steps) {
  std::vector<std::string> done;
  for (const auto& query : queries_of(steps)) {
    for (const auto& statement : steps_left(connection, query + std::string{kEndOfQuery})) {
      connection.execute(statement);
      done.push_back(statement);
    }
  }
  return done;
}

}  // namespace callqueue::postgres
