#include "postgres/left_behind.hpp"

namespace callqueue::postgres {
namespace {

constexpr char kKeys[] = R"sql(
  SELECT c.relname::text, i.relname::text, format('DROP INDEX CONCURRENTLY %I', i.relname)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace
    AND c.relname IN ('users', 'agents', 'contacts', 'calls', 'call_campaigns', 'call_queue')
    AND i.relname LIKE 'callqueue\_key\_%'
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid)
  ORDER BY 1, 2)sql";

}  // namespace

std::vector<std::pair<std::string, std::string>> keys_left_behind(Connection& connection) {
  std::vector<std::pair<std::string, std::string>> keys;
  auto rows = connection.query(kKeys);
  while (rows.step()) keys.emplace_back(rows.get<std::string>(0), rows.get<std::string>(1));
  return keys;
}

bool drop_keys_left_behind(Connection& connection) {
  // Not prepared: that would leave a snapshot behind, which such a statement waits for.
  auto rows = connection.execute(kKeys);
  bool any = false;
  for (; rows.step(); any = true) connection.execute(rows.get<std::string>(2));
  return any;
}

}  // namespace callqueue::postgres
