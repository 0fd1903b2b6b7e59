#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "callqueue/store.hpp"
#ifdef CALLQUEUE_SQLITE
#include "sqlite/schema.hpp"
#include "sqlite/store.hpp"
#endif
#ifdef CALLQUEUE_POSTGRES
#include "postgres/schema.hpp"
#include "postgres/store.hpp"
#endif

namespace callqueue {
namespace {

constexpr std::string_view kSqliteScheme = "sqlite:";

bool is_postgres(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

tl::unexpected<Error> bad_url(std::string message) {
  return fail(ErrorCode::invalid_argument, std::move(message), "url");
}

/// The scheme; empty where what is in front of the colon may be something else, a password perhaps.
std::string_view scheme_of(std::string_view url) {
  const auto is_of_scheme = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
  };
  const auto colon = url.find(':');
  if (colon == std::string_view::npos) return {};
  const auto scheme = url.substr(0, colon);
  const auto behind = url.substr(colon + 1);
  const bool is_scheme = std::all_of(scheme.begin(), scheme.end(), is_of_scheme) &&
                         (behind.starts_with("//") || behind.find('@') == std::string_view::npos);
  return is_scheme ? scheme : std::string_view{};
}

tl::unexpected<Error> unknown_url(std::string_view url) {
  const auto scheme = scheme_of(url);
  if (scheme.empty()) {
    return bad_url("a store's URL starts with its scheme: sqlite:PATH or postgresql://…");
  }
  return bad_url("unknown scheme " + std::string{scheme} + ": use sqlite:PATH or postgresql://…");
}

#ifdef CALLQUEUE_SQLITE

bool may(int access, const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), access, AT_EACCESS) == 0;
}

/// SQLite says "unable to open database file" for all of these; people need to know which.
Result<void> check_path(const std::string& path, bool create) {
  namespace fs = std::filesystem;
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::unavailable, "cannot open " + path + ": " + why);
  };
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (fs::is_directory(status)) return refuse("it is a directory");
  const auto parent = fs::path(path).parent_path();
  const auto directory = parent.empty() ? std::string{"."} : parent.string();
  if (!fs::is_directory(directory, ignored)) return refuse("there is no directory " + directory);
  if (!fs::exists(status) && !create) return refuse("there is no such file");
  if (fs::exists(status) && !may(R_OK, path)) return refuse("it may not be read");
  if (fs::exists(status) && !may(W_OK, path)) return refuse("it is read-only");
  // The log lies beside the file.
  if (!may(W_OK, directory)) return refuse("its directory is read-only");
  return {};
}

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, StoreOptions options) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return bad_url("a file is needed after sqlite:, or sqlite::memory:");
  }
  if (!options.schema.empty()) {
    return fail(ErrorCode::invalid_argument, "SQLite has no schemas", "schema");
  }
  if (path != ":memory:") {
    if (auto checked = check_path(path, options.create); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  try {
    return std::make_unique<sqlite::SqliteStore>(path, std::move(options));
  } catch (const Failure& failure) {
    auto error = failure.error();
    if (error.message.find(path) == std::string::npos) error.message = path + ": " + error.message;
    return tl::unexpected(std::move(error));
  } catch (const std::exception& unexpected) {
    return fail(ErrorCode::internal, unexpected.what());
  }
}

#endif

#ifdef CALLQUEUE_POSTGRES

Result<std::unique_ptr<Store>> open_postgres(std::string url, const StoreOptions& options) {
  if (options.connections < 1 || options.connections > 1000) {
    return fail(ErrorCode::invalid_argument, "connections must be 1 to 1000", "connections");
  }
  constexpr std::size_t kLongestName = 63;  // The server would cut off the rest.
  if (options.schema.size() > kLongestName) {
    return fail(ErrorCode::invalid_argument, "a schema's name has at most 63 bytes", "schema");
  }
  try {
    return std::make_unique<postgres::PostgresStore>(std::move(url), options);
  } catch (const Failure& failure) {
    return tl::unexpected(failure.error());
  } catch (const std::exception& unexpected) {
    return fail(ErrorCode::internal, unexpected.what());
  }
}

#endif

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::string_view url, StoreOptions options) {
  if (url.starts_with(kSqliteScheme)) {
#ifdef CALLQUEUE_SQLITE
    return open_sqlite(std::string{url.substr(kSqliteScheme.size())}, std::move(options));
#else
    static_cast<void>(options);
    return bad_url("this build leaves the SQLite store out");
#endif
  }
  if (is_postgres(url)) {
#ifdef CALLQUEUE_POSTGRES
    return open_postgres(std::string{url}, options);
#else
    return bad_url("this build leaves the PostgreSQL store out");
#endif
  }
  return unknown_url(url);
}

Result<std::vector<Migration>> migrations_for(std::string_view url) {
#ifdef CALLQUEUE_SQLITE
  if (url.starts_with(kSqliteScheme)) return sqlite::all_migrations();
#endif
#ifdef CALLQUEUE_POSTGRES
  if (is_postgres(url)) return postgres::all_migrations();
#endif
  return unknown_url(url);
}

}  // namespace callqueue
