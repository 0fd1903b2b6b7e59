#include <fmt/core.h>

#include "callqueue/json.hpp"
#include "cli/command.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct MigrateOptions {
  MigrateRequest request;
  bool sql = false;
  std::string tenant_role;  ///< Empty: `--row-security` was not given.
  bool no_row_security = false;
  std::vector<std::string> active_statuses;
  bool declares = false;  ///< `--active-statuses` was given, perhaps with an empty list.
};

constexpr char kActiveStatuses[] =
    "PostgreSQL: further spellings of calls.status that hold a slot, separated by commas";

/// A list of nothing is an empty text.
std::vector<std::string> without_empty(std::vector<std::string> list) {
  std::erase(list, "");
  return list;
}

/// Whether `--sql` shows this migration, by the rules of `MigrateRequest`.
bool is_asked(const Migration& migration, const MigrateRequest& request, int newest) {
  if (!request.down) return migration.version <= request.to.value_or(newest);
  return migration.version > request.to.value_or(newest - 1);
}

int print_sql(const std::vector<Migration>& migrations, const MigrateRequest& request) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (request.to && (*request.to < 0 || *request.to > newest)) {
    throw Refused{fmt::format("there is no version {}: the newest is {}", *request.to, newest),
                  kUsage};
  }
  auto ordered = migrations;
  if (request.down) std::reverse(ordered.begin(), ordered.end());
  for (const auto& migration : ordered) {
    if (!is_asked(migration, request, newest)) continue;
    fmt::print("-- {:04} {}\n", migration.version, migration.name);
    if (request.down) {
      fmt::print("{}\n", migration.down);
    } else {
      fmt::print("{}{}{}\n", migration.before, migration.up, migration.after);
    }
  }
  return 0;
}

int migrate(Context& context, const MigrateOptions& options) {
  if (options.sql) {
    // Nothing is touched: the statements are the same for every database of a kind.
    const auto migrations = migrations_for(context.url.empty() ? "sqlite:" : context.url);
    if (!migrations) throw CLI::ValidationError("--db", migrations.error().message);
    return print_sql(*migrations, options.request);
  }
  auto request = options.request;
  if (!options.tenant_role.empty()) request.row_security = options.tenant_role;
  if (options.no_row_security) request.row_security = "";
  if (options.declares) request.active_statuses = without_empty(options.active_statuses);
  request.on_waiting = [](std::string_view whom) { fmt::print(stderr, "callqueue: {}\n", whom); };
  const auto done = value(context.open({})->migrate(request));
  if (context.json) {
    print_line(to_json(done));
    return 0;
  }
  for (const auto& name : done.applied) print_line(name);
  if (!done.applied.empty() && done.from == done.to) {
    print_line(fmt::format("done; the database has version {}, as before", done.to));
  } else if (!done.applied.empty()) {
    print_line(fmt::format("from version {} to version {}", done.from, done.to));
  } else {
    const bool beyond = !options.request.down && done.to > options.request.to.value_or(done.to);
    print_line(fmt::format("nothing to do: the database has version {}{}", done.to,
                           beyond ? "; --down takes migrations back" : ""));
  }
  return 0;
}

std::string line_of(const PreflightFinding& finding) {
  auto where = finding.table;
  if (!finding.column.empty()) where += "." + finding.column;
  if (!where.empty()) where += " ";
  const bool blocks = finding.severity == PreflightFinding::Severity::blocks;
  return fmt::format("{} {}{}{}", blocks ? "✗" : "·", where, finding.what,
                     finding.remedy.empty() ? "" : "\n    " + finding.remedy);
}

int preflight(Context& context, const PreflightRequest& request) {
  const auto report = value(context.open({.create = false})->preflight(request));
  if (context.json) {
    print_line(to_json(report));
    return report.blocks() ? 1 : 0;
  }
  int blocking = 0;
  // What blocks comes last: it must not scroll away.
  for (auto it = report.findings.rbegin(); it != report.findings.rend(); ++it) {
    if (it->severity == PreflightFinding::Severity::blocks) ++blocking;
    print_line(line_of(*it));
  }
  if (blocking > 0) {
    throw Refused{
        fmt::format("{} of {} findings block the migration", blocking, report.findings.size())};
  }
  print_line(fmt::format("version {}, nothing blocks the migration", report.version));
  return 0;
}

/// SQLite says only that the version is 0.
std::string why_not_migrated(const VerifyItem& item) {
  constexpr std::string_view kBefore = "is not there: ";
  const auto& detail = item.detail;
  const auto why = detail.starts_with(kBefore) ? detail.substr(kBefore.size())
                                               : "the database is not migrated: run its migrations";
  return describe({ErrorCode::corrupt, why, {}});
}

int verify(Context& context) {
  const auto report = value(context.store().verify());
  if (context.json) {
    print_line(to_json(report));
    return report.ok() ? 0 : 1;
  }
  // Nothing else was looked at.
  if (report.version == 0 && report.items.size() == 1) {
    throw Refused{why_not_migrated(report.items.front())};
  }
  // What is wrong comes last: it must not scroll away.
  int wrong = 0;
  for (const auto& item : report.items) {
    if (item.ok) print_line(fmt::format("✓ {} {}", item.kind, item.name));
  }
  for (const auto& item : report.items) {
    if (item.ok) continue;
    ++wrong;
    print_line(fmt::format("✗ {} {}: {}", item.kind, item.name, item.detail));
  }
  if (wrong > 0) {
    throw Refused{fmt::format("{} of {} checks failed", wrong, report.items.size())};
  }
  print_line(fmt::format("version {}, {} checks, all well", report.version, report.items.size()));
  return 0;
}

}  // namespace

void add_database_commands(CLI::App& app, Context& context) {
  auto* migrate_command =
      app.add_subcommand("migrate", "Bring the database to this version (creates the file)");
  auto options = std::make_shared<MigrateOptions>();
  migrate_command->add_option("--to", options->request.to, "Stop at this version");
  migrate_command->add_flag("--down", options->request.down,
                            "Take migrations back: one, or down to --to");
  auto* sql = migrate_command->add_flag("--sql", options->sql,
                                        "Print the statements instead of running them");
  auto* row_security =
      migrate_command
          ->add_flag("--row-security{callqueue_tenant}", options->tenant_role,
                     "PostgreSQL: a role (--row-security=ROLE) that sees one user's rows only")
          ->excludes(sql);
  migrate_command->add_flag("--no-row-security", options->no_row_security, "Take that away again")
      ->excludes(sql)
      ->excludes(row_security);
  auto* statuses =
      migrate_command->add_option("--active-statuses", options->active_statuses, kActiveStatuses)
          ->delimiter(',')
          ->type_name("LIST")
          ->excludes(sql);
  on(migrate_command, context, [&context, options, statuses] {
    options->declares = statuses->count() > 0;
    return migrate(context, *options);
  });

  auto* preflight_command = app.add_subcommand(
      "preflight", "List what tables that are there already put in the way of migrate");
  auto declared = std::make_shared<std::vector<std::string>>();
  auto* assumed = preflight_command->add_option("--active-statuses", *declared, kActiveStatuses)
                      ->delimiter(',')
                      ->type_name("LIST");
  on(preflight_command, context, [&context, declared, assumed] {
    PreflightRequest request;
    if (assumed->count() > 0) request.active_statuses = without_empty(*declared);
    return preflight(context, request);
  });

  auto* verify_command =
      app.add_subcommand("verify", "Compare the database with what this version expects");
  on(verify_command, context, [&context] { return verify(context); });
}

}  // namespace callqueue::cli
