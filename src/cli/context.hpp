#pragma once

#include <functional>
#include <memory>
#include <string>

#include "callqueue/store.hpp"

namespace CLI {
class App;
}

namespace callqueue::cli {

/// Exit statuses, beside 0.
constexpr int kRefused = 1;
constexpr int kUsage = 2;

/// What a command throws when it cannot go on: one line for standard error, and the exit status.
struct Refused {
  std::string message;
  int status = kRefused;
};

/// What to say of an error; adds how to get out of it where this tool can.
[[nodiscard]] std::string describe(const Error& error);

/// The end of the command. What nobody can ask for, whatever the database holds, is wrong usage.
[[nodiscard]] Refused refused_by(const Error& error);

/// The value, or the end of the command.
template <class T>
T value(Result<T> result) {
  if (!result) throw refused_by(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// What every command shares: global options, and the store they name.
class Context {
 public:
  std::string url;
  std::string schema;  ///< Empty: as the URL says.
  bool json = false;
  int busy_timeout_ms = 10'000;  ///< How long to wait for another process's write.
  bool pooled = false;           ///< The server's connections change with every transaction.
  /// What the arguments asked for; runs after all of them were read. Returns the exit status.
  std::function<int()> command;

  /// The store, opened at the first use. A database that is not there is not created.
  [[nodiscard]] Store& store();
  /// A store of its own kind: another clock, or one that may be created.
  [[nodiscard]] std::unique_ptr<Store> open(StoreOptions options) const;

 private:
  std::unique_ptr<Store> store_;
};

/// Standard output is for results; this is for people watching.
[[nodiscard]] bool stderr_is_terminal();

void add_database_commands(CLI::App& app, Context& context);
void add_user_commands(CLI::App& app, Context& context);
void add_contact_commands(CLI::App& app, Context& context);
void add_campaign_commands(CLI::App& app, Context& context);
void add_import_command(CLI::App& app, Context& context);
void add_queue_commands(CLI::App& app, Context& context);
void add_call_commands(CLI::App& app, Context& context);
void add_token_commands(CLI::App& app, Context& context);
void add_run_command(CLI::App& app, Context& context);
void add_insight_commands(CLI::App& app, Context& context);
/// Behind the campaign commands: one is of their group.
void add_export_command(CLI::App& app, Context& context);

}  // namespace callqueue::cli
