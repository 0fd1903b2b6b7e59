// By whose clock calling hours will be meant: a host's users need not have a time zone.
#include "callqueue/time_zone.hpp"
#include "postgres/row_look.hpp"

namespace callqueue::postgres {
namespace {

using Severity = PreflightFinding::Severity;

constexpr char kUsers[] = "SELECT count(*), min(id::text) FROM users";
constexpr char kWithoutZone[] =
    "SELECT count(*), min(id::text) FROM users WHERE coalesce(timezone, '') = ''";
// The most frequent ones.
constexpr char kZonesOfUsers[] = R"sql(
  SELECT timezone::text, count(*) FROM users WHERE timezone <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1000)sql";
constexpr char kZonesOfContacts[] = R"sql(
  SELECT timezone::text, count(*) FROM contacts WHERE timezone <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1000)sql";

constexpr char kSetZones[] =
    "UPDATE users SET timezone = 'Europe/Berlin'; (or each by a column of yours), or, after "
    "migrate, callqueue user update USER --timezone Europe/Berlin";

void note_users_without(RowLook& look) {
  if (!look.can_ask("users", "id")) return;
  if (look.host().find("users", "timezone") == nullptr) {
    look.count({Severity::note, "users", "timezone",
                "is not there: the calling hours of all users will mean UTC",
                std::string{"ALTER TABLE users ADD COLUMN timezone text; "} + kSetZones},
               kUsers);
  } else if (look.can_ask("users", "timezone")) {
    look.count({Severity::note, "users", "timezone",
                "is empty: the calling hours of such users mean UTC", kSetZones},
               kWithoutZone);
  }
}

void note_unknown(RowLook& look, const char* table, const char* sql) {
  if (!look.can_ask(table, "timezone")) return;
  constexpr int kMostNamed = 5;
  RowLook::Subject subject{Severity::note, table, "timezone", "is a zone that nobody knows",
                           "write an IANA name, as Europe/Berlin"};
  int named = 0;
  auto rows = look.ask(subject, sql);
  while (rows && named < kMostNamed && rows->step()) {
    const auto zone = rows->get<std::string>(0);
    if (TimeZone::load(zone)) continue;
    ++named;
    subject.what = "is " + zone.substr(0, 64);
    look.add(subject, RowLook::rows_of(rows->get<std::int64_t>(1), "") +
                          ", which is no known zone: by its clock nobody is called");
  }
}

}  // namespace

void check_zones(RowLook& look) {
  note_users_without(look);
  note_unknown(look, "users", kZonesOfUsers);
  note_unknown(look, "contacts", kZonesOfContacts);
}

}  // namespace callqueue::postgres
