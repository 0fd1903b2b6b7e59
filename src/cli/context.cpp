#include "cli/context.hpp"

#include <unistd.h>
#include <CLI/Error.hpp>

namespace callqueue::cli {

std::string describe(const Error& error) {
  auto text = error.message;
  const bool names_field = error.message.find(error.field) != std::string::npos;
  if (error.code == ErrorCode::invalid_argument && !names_field) text = error.field + ": " + text;
  if (error.code == ErrorCode::corrupt && text.find("run its migrations") != std::string::npos) {
    text += " (`callqueue migrate`)";
  }
  if (error.code == ErrorCode::corrupt && text.ends_with("verify names what is missing")) {
    text += " (`callqueue verify`)";
  }
  if (text.ends_with("a preflight lists all that is in the way"))
    text += " (`callqueue preflight`)";
  if (text.ends_with("prepare no statements")) text += " (`--pooled`)";
  if (text.ends_with("there is no such file")) text += " (`callqueue migrate` makes it)";
  return text;
}

Refused refused_by(const Error& error) {
  // That a schema is not there is the database's affair.
  const bool is_usage = error.code == ErrorCode::invalid_argument && error.field != "schema";
  return {describe(error), is_usage ? kUsage : kRefused};
}

std::unique_ptr<Store> Context::open(StoreOptions options) const {
  if (url.empty()) {
    throw CLI::RequiredError("--db URL (or the environment variable CALLQUEUE_DB)");
  }
  options.busy_timeout = std::chrono::milliseconds(busy_timeout_ms);
  options.schema = schema;
  if (pooled) {
    options.prepare_statements = false;
    options.listen = false;
    options.look_interval = std::chrono::milliseconds(200);
  }
  auto opened = open_store(url, std::move(options));
  if (!opened && opened.error().code == ErrorCode::invalid_argument) {
    const auto& error = opened.error();
    throw CLI::ValidationError(error.field == "url" ? "--db" : "--" + error.field, error.message);
  }
  return value(std::move(opened));
}

Store& Context::store() {
  if (!store_) store_ = open({.create = false});
  return *store_;
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace callqueue::cli
