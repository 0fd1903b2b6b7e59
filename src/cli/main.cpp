#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include <fmt/core.h>

#include "callqueue/version.hpp"
#include "cli/command.hpp"

namespace {

/// One line, whatever the message holds; behind what was printed, where both go to one file.
int complain(std::string message, int status) {
  std::fflush(stdout);
  std::replace(message.begin(), message.end(), '\n', ' ');
  fmt::print(stderr, "callqueue: {}\n", message);
  return status;
}

void add_commands(CLI::App& app, callqueue::cli::Context& context) {
  using namespace callqueue::cli;
  add_database_commands(app, context);
  add_user_commands(app, context);
  add_contact_commands(app, context);
  add_campaign_commands(app, context);
  add_import_command(app, context);
  add_queue_commands(app, context);
  add_call_commands(app, context);
  add_token_commands(app, context);
  add_run_command(app, context);
  add_insight_commands(app, context);
  add_export_command(app, context);
}

/// An option that may also stand alone, as an argument, is shown once, with all its names.
class Help final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    if (!is_positional && option->get_positional()) return "";
    return Formatter::make_option(option, is_positional);
  }
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    return is_positional ? option->get_name(true, true) : option->get_name(false, true);
  }
};

/// The innermost command that was understood.
const CLI::App& last_command(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : last_command(*commands.front());
}

/// What is wrong, and where help is. A word that was not understood explains more than what is
/// missing because of it.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const auto& command = last_command(app);
  std::string name = "callqueue";
  for (const auto* at = &command; at != &app; at = at->get_parent()) {
    name.insert(9, " " + at->get_name());
  }
  const auto unknown = app.remaining(true);
  const bool is_missing = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  const std::string what =
      is_missing && !unknown.empty()
          ? (unknown.front().starts_with('-') ? "there is no option " : "there is no command ") +
                unknown.front()
          : error.what();
  return what + " (see " + name + " --help)";
}

int run(int argc, char** argv) {
  callqueue::cli::Context context;
  CLI::App app("Runs outbound call campaigns: see docs/cli.md.", "callqueue");
  app.formatter(std::make_shared<Help>());
  app.footer(
      "--db, --schema, --json, --busy-timeout and --pooled hold for every command. More: "
      "docs/cli.md");
  app.set_version_flag("--version", std::string(callqueue::version()));
  app.fallthrough();  // Global options may stand after the command, too.
  app.require_subcommand(1);
  app.add_option("--db", context.url, "The database: sqlite:PATH or postgresql://…")
      ->envname("CALLQUEUE_DB")
      ->type_name("URL");
  app.add_option("--schema", context.schema, "PostgreSQL: the schema that holds the tables")
      ->envname("CALLQUEUE_SCHEMA")
      ->type_name("NAME");
  app.add_option("--busy-timeout", context.busy_timeout_ms,
                 "Milliseconds to wait while another process writes")
      ->check(CLI::Range(0, 3'600'000))
      ->capture_default_str();
  app.add_flag("--pooled", context.pooled,
               "PgBouncer stands in front of the server, in transaction mode");
  app.add_flag("--json", context.json, "Print JSON instead of text for people");
  add_commands(app, context);
  try {
    app.parse(argc, argv);
    const int status = context.command();
    // A full disk or a closed pipe must not look like success.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      return complain("standard output cannot be written", callqueue::cli::kRefused);
    }
    return status;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return complain(explain(app, error), callqueue::cli::kUsage);
  } catch (const callqueue::cli::Refused& error) {
    return complain(error.message, error.status);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "callqueue: %s\n", error.what());
  } catch (...) {
    std::fputs("callqueue: something unexpected happened\n", stderr);
  }
  return callqueue::cli::kRefused;
}
