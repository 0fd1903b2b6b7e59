// Whether the host's columns take the words that the library writes: statuses, outcomes, kinds.
#include <algorithm>
#include <optional>
#include <string_view>

#include "callqueue/state.hpp"
#include "postgres/row_look.hpp"

namespace callqueue::postgres {
namespace {

using Severity = PreflightFinding::Severity;

struct Worded {
  const char* table;
  const char* column;
  std::vector<std::string> words;       ///< That the library writes.
  std::vector<std::string> declared{};  ///< That the host writes, as somebody said.
};

template <std::size_t size>
std::vector<std::string> words(const std::array<std::string_view, size>& texts) {
  return {texts.begin(), texts.end()};
}

std::vector<Worded> worded_columns() {
  return {{"calls", "status", words(detail::call_status_texts)},
          {"calls", "outcome", words(detail::call_outcome_texts)},
          {"calls", "call_type", words(detail::call_type_texts)},
          {"call_campaigns", "status", words(detail::campaign_status_texts)},
          {"call_queue", "status", words(detail::queued_call_status_texts)}};
}

constexpr char kLabels[] = R"sql(
  SELECT e.enumlabel::text FROM pg_attribute a JOIN pg_enum e ON e.enumtypid = a.atttypid
  WHERE a.attrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident($1))
    AND a.attname = $2)sql";
// A query for each CHECK of this column alone: which of the words does it refuse?
constexpr char kWordChecks[] = R"sql(
  SELECT k.conname::text, format(
    'SELECT string_agg(v, '', '') FROM (SELECT v, v::%s AS %I FROM unnest(%L::text[]) v) x WHERE (%s) IS FALSE',
    a.atttypid::regtype, a.attname, $3::text[], pg_get_expr(k.conbin, k.conrelid))
  FROM pg_attribute a JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'c'
    AND k.conkey = ARRAY[a.attnum]
  WHERE a.attrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident($1))
    AND a.attname = $2)sql";
// The same for a domain, word by word: it refuses by an error.
constexpr char kCasts[] = R"sql(
  SELECT v, format('SELECT %L::%s', v, a.atttypid::regtype)
  FROM pg_attribute a CROSS JOIN unnest($3::text[]) v
  WHERE a.attrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident($1))
    AND a.attname = $2)sql";

std::string quoted(const std::string& word) { return "'" + word + "'"; }

/// What a query that the host's own definitions are part of answers; nothing where it is refused.
std::optional<std::string> answer(Connection& connection, const std::string& sql) {
  auto rows = in_savepoint(connection, [&] { return connection.execute(sql); });
  if (!rows) return std::nullopt;
  return rows->step() ? rows->get<std::string>(0) : std::string{};
}

class Words {
 public:
  Words(Connection& connection, const Worded& worded, const HostColumn& column,
        PreflightReport& report)
      : connection_(connection), worded_(worded), column_(column), report_(report) {}

  void check() {
    if (column_.is_enum) return check_enum();
    check_length();
    if (column_.is_domain) return check_domain();
    check_constraints(worded_.words);
  }

 private:
  void blocks(std::string what, std::string remedy) {
    add_finding(report_, Severity::blocks, worded_.table, worded_.column, std::move(what),
                std::move(remedy));
  }

  void check_enum() {
    std::vector<std::string> labels;
    auto rows = connection_.query(kLabels, worded_.table, worded_.column);
    while (rows.step()) labels.push_back(rows.get<std::string>(0));
    std::vector<std::string> known;
    for (const auto& word : worded_.words) {
      if (std::find(labels.begin(), labels.end(), word) != labels.end()) {
        known.push_back(word);
        continue;
      }
      blocks("is an enum without " + quoted(word),
             "ALTER TYPE " + column_.full_type + " ADD VALUE " + quoted(word) + ";");
    }
    check_declared(labels);
    check_constraints(known);
  }

  void check_declared(const std::vector<std::string>& labels) {
    std::string there;
    for (const auto& label : labels) there += (there.empty() ? "" : ", ") + label;
    for (const auto& word : worded_.declared) {
      if (std::find(labels.begin(), labels.end(), word) != labels.end()) continue;
      blocks("is an enum without " + quoted(word) + ", which was declared",
             "misspelt? It has " + there);
    }
  }

  void check_length() {
    if (column_.length == 0) return;
    const auto longest = std::max_element(
        worded_.words.begin(), worded_.words.end(),
        [](const auto& left, const auto& right) { return left.size() < right.size(); });
    if (static_cast<int>(longest->size()) <= column_.length) return;
    blocks("is too short for " + quoted(*longest), std::string{"ALTER TABLE "} + worded_.table +
                                                       " ALTER COLUMN " + worded_.column +
                                                       " TYPE varchar(20);");
  }

  void check_domain() {
    auto casts = connection_.query(kCasts, worded_.table, worded_.column, worded_.words);
    std::string refused;
    while (casts.step()) {
      if (answer(connection_, casts.get<std::string>(1))) continue;
      refused += (refused.empty() ? "" : ", ") + casts.get<std::string>(0);
    }
    if (refused.empty()) return;
    blocks(
        "is of the domain " + column_.full_type + ", which refuses " + refused,
        "ALTER DOMAIN " + column_.full_type + " DROP CONSTRAINT …; and add one that admits them");
  }

  void check_constraints(const std::vector<std::string>& written) {
    // Their text takes a lock that somebody may hold for long.
    auto checks = in_savepoint(connection_, [&] {
      return connection_.query(kWordChecks, worded_.table, worded_.column, written);
    });
    if (!checks) {
      add_finding(report_, Severity::note, worded_.table, worded_.column,
                  "has CHECKs that could not be looked at: somebody holds the table", "");
    }
    while (checks && checks->step()) {
      const auto name = checks->get<std::string>(0);
      const auto refused = answer(connection_, checks->get<std::string>(1));
      if (refused && refused->empty()) continue;
      blocks("has the CHECK " + name + ", which refuses " + refused.value_or("to be tried"),
             std::string{"ALTER TABLE "} + worded_.table + " DROP CONSTRAINT " + name +
                 "; and add one that admits them");
    }
  }

  Connection& connection_;
  const Worded& worded_;
  const HostColumn& column_;
  PreflightReport& report_;
};

}  // namespace

void check_words(Connection& connection, const HostTables& host,
                 const std::vector<std::string>& active_statuses, PreflightReport& report) {
  for (auto worded : worded_columns()) {
    const auto* column = host.find(worded.table, worded.column);
    if (column == nullptr || host.tables.at(worded.table).kind != "r") continue;
    const bool is_calls_status =
        worded.table == std::string_view{"calls"} && worded.column == std::string_view{"status"};
    // Another column that is an enum is of the wrong type already.
    if (column->is_enum && !is_calls_status) continue;
    // A function of ours compares with them, as values of the enum.
    if (is_calls_status && column->is_enum) worded.declared = active_statuses;
    Words{connection, worded, *column, report}.check();
  }
}

}  // namespace callqueue::postgres
