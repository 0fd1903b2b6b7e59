#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include <fmt/core.h>

#include "callqueue/version.hpp"
#include "cli/command.hpp"

namespace {

constexpr int refused = 1;
constexpr int usage = 2;

/// One line, whatever the message holds.
int complain(std::string message, int status) {
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
  add_run_command(app, context);
  add_insight_commands(app, context);
  add_export_command(app, context);
}

int run(int argc, char** argv) {
  callqueue::cli::Context context;
  CLI::App app("Runs outbound call campaigns: see docs/cli.md.", "callqueue");
  app.set_version_flag("--version", std::string(callqueue::version()));
  app.fallthrough();  // Global options may stand after the command, too.
  app.require_subcommand(1);
  app.add_option("--db", context.url, "The database: sqlite:PATH")
      ->envname("CALLQUEUE_DB")
      ->type_name("URL");
  app.add_option("--busy-timeout", context.busy_timeout_ms,
                 "Milliseconds to wait while another process writes")
      ->check(CLI::Range(0, 3'600'000));
  app.add_flag("--json", context.json, "Print JSON instead of text for people");
  add_commands(app, context);
  try {
    app.parse(argc, argv);
    const int status = context.command();
    // A full disk or a closed pipe must not look like success.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
      return complain("standard output cannot be written", refused);
    }
    return status;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return complain(std::string(error.what()) + " (see callqueue --help)", usage);
  } catch (const callqueue::cli::Refused& error) {
    return complain(error.message, refused);
  } catch (const std::exception& error) {
    return complain(error.what(), refused);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  return run(argc, argv);
}
