#include "postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <algorithm>

#include <array>
#include <cerrno>
#include <utility>

#include "postgres/server_url.hpp"

namespace callqueue::postgres {
namespace {

/// What a refusal means to the caller. Only the primary message is passed on: details quote values.
[[noreturn]] void refuse(const PGresult* result) {
  const auto field = [&](int code) {
    const char* const text = PQresultErrorField(result, code);
    return std::string{text != nullptr ? text : ""};
  };
  const auto state = field(PG_DIAG_SQLSTATE);
  const auto primary = one_line(field(PG_DIAG_MESSAGE_PRIMARY));
  auto message = "database: " + primary;
  const auto kind = state.substr(0, 2);
  auto code = ErrorCode::internal;
  if (kind == "23") {
    code = ErrorCode::conflict;
  } else if (state == "42P01" || state == "42703" || state == "42883" || state == "3F000") {
    code = ErrorCode::corrupt;
  } else if (state == "42501") {
    code = ErrorCode::corrupt;
    message = "this role lacks a right in the database: " + primary;
  } else if (state == "22021") {
    code = ErrorCode::invalid_argument;
    message = "a text is not valid UTF-8, or holds a NUL";
  } else if (state == "25006") {
    code = ErrorCode::unavailable;  // Until it is promoted, or the URL leads to another one.
    message = "the server is a standby or read-only (" + primary +
              "): with target_session_attrs=read-write a URL of several servers finds the one that "
              "takes writes";
  } else if (state == "42P05" || state == "26000") {
    message = "the server's sessions are not this connection's alone, as behind a pooler (" +
              primary + "): prepare no statements";
  } else if (state == "55P03") {
    code = ErrorCode::unavailable;
    message = "somebody else's transaction is in the way (" + message + ")";
  } else if (kind == "08" || kind == "25" || kind == "40" || kind == "53" || kind == "55" ||
             kind == "57") {
    // Gone, in a transaction that failed, in the way, full, busy, shut down.
    code = ErrorCode::unavailable;
  }
  throw StatementRefused{{code, std::move(message), {}}, state, field(PG_DIAG_CONSTRAINT_NAME)};
}

}  // namespace

// --- Connection ---------------------------------------------------------------------------------

void Connection::Close::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

Connection::Connection(const std::string& url, const Options& options) : options_(options) {
  connect(url);
}

void Connection::connect(const std::string& url) {
  check_url(url);
  // Whoever runs several programs tells them apart by the name in the URL.
  const std::array keywords{"dbname", "fallback_application_name", "client_encoding",
                            static_cast<const char*>(nullptr)};
  const std::array values{url.c_str(), "callqueue", "UTF8", static_cast<const char*>(nullptr)};
  connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
  PQsetErrorVerbosity(native(), PQERRORS_VERBOSE);  // With the state that the server answers.
  const auto until = std::chrono::steady_clock::now() + options_.connect_timeout;
  auto state = PGRES_POLLING_WRITING;
  while (PQstatus(native()) != CONNECTION_BAD && state != PGRES_POLLING_OK &&
         state != PGRES_POLLING_FAILED) {
    wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, until);
    state = PQconnectPoll(native());
  }
  if (PQstatus(native()) != CONNECTION_OK) {
    lost_ = true;
    throw ConnectionLost{why_not_connected(native(), url)};
  }
  PQsetErrorVerbosity(native(), PQERRORS_DEFAULT);
  PQsetnonblocking(native(), 1);
  PQsetNoticeProcessor(
      native(), [](void*, const char*) {}, nullptr);
  if (!options_.schema.empty()) {
    query("SELECT set_config('search_path', quote_ident($1), false)", options_.schema);
  }
}

void Connection::lose(const std::string& why) {
  lost_ = true;
  throw ConnectionLost{"the PostgreSQL server cannot be reached: " + why};
}

void Connection::wait(short events, std::chrono::steady_clock::time_point until) {
  pollfd socket{.fd = PQsocket(native()), .events = events, .revents = 0};
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  const int ready = left.count() <= 0 ? 0 : poll(&socket, 1, static_cast<int>(left.count()));
  if (ready == 0) lose("no answer in time");
  if (ready < 0 && errno != EINTR) lose("waiting for its answer failed");
}

std::chrono::steady_clock::time_point Connection::answer_due() const {
  return std::chrono::steady_clock::now() + options_.answer_timeout;
}

void Connection::flush(std::chrono::steady_clock::time_point until) {
  for (;;) {
    const int unsent = PQflush(native());
    if (unsent < 0) lose(one_line(PQerrorMessage(native())));
    if (unsent == 0) return;
    // It may want to be heard before it takes more.
    wait(POLLIN | POLLOUT, until);
    if (PQconsumeInput(native()) == 0) lose(one_line(PQerrorMessage(native())));
  }
}

std::unique_ptr<pg_result, ClearResult> Connection::next_result(
    std::chrono::steady_clock::time_point until) {
  while (PQisBusy(native()) != 0) {
    wait(POLLIN, until);
    if (PQconsumeInput(native()) == 0) lose(one_line(PQerrorMessage(native())));
  }
  return std::unique_ptr<pg_result, ClearResult>{PQgetResult(native())};
}

std::unique_ptr<pg_result, ClearResult> Connection::last_result(
    std::chrono::steady_clock::time_point until) {
  std::unique_ptr<pg_result, ClearResult> last;
  while (auto result = next_result(until)) {
    // Of several statements the first that failed tells why.
    if (!last || PQresultStatus(last.get()) != PGRES_FATAL_ERROR) last = std::move(result);
  }
  if (PQstatus(native()) != CONNECTION_OK) lose(one_line(PQerrorMessage(native())));
  if (!last) lose("it sent no result");
  return last;
}

ResultRows Connection::receive() {
  const auto until = answer_due();
  flush(until);
  auto result = last_result(until);
  if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) refuse(result.get());
  return ResultRows{std::move(result)};
}

const std::string& Connection::prepared(const char* sql, const Parameters& parameters) {
  auto& name = statements_[sql];
  if (name.empty()) {
    const auto made = "callqueue_" + std::to_string(statements_.size());
    if (PQsendPrepare(native(), made.c_str(), sql, parameters.size(), parameters.types_.data()) ==
        0) {
      lose(one_line(PQerrorMessage(native())));
    }
    receive();
    name = made;
  }
  return name;
}

void Connection::send(const Statement& statement) {
  const auto& parameters = statement.parameters;
  std::vector<const char*> values;
  std::vector<int> lengths;
  const std::vector<int> formats(parameters.values_.size(), 1);
  for (std::size_t i = 0; i < parameters.values_.size(); ++i) {
    values.push_back(parameters.nulls_[i] ? nullptr : parameters.values_[i].data());
    lengths.push_back(static_cast<int>(parameters.values_[i].size()));
  }
  const int sent =
      options_.prepares
          ? PQsendQueryPrepared(native(), prepared(statement.sql, parameters).c_str(),
                                parameters.size(), values.data(), lengths.data(), formats.data(), 1)
          : PQsendQueryParams(native(), statement.sql, parameters.size(), parameters.types_.data(),
                              values.data(), lengths.data(), formats.data(), 1);
  if (sent == 0) lose(one_line(PQerrorMessage(native())));
}

ResultRows Connection::run(const char* sql, Parameters parameters) {
  if (lost_) lose("the connection was lost before");
  if (put_off_.empty()) {
    send({sql, std::move(parameters)});
    return receive();
  }
  std::vector<Statement> one;
  one.push_back({sql, std::move(parameters)});
  return std::move(run_all(std::move(one)).front());
}

std::vector<ResultRows> Connection::run_all(std::vector<Statement> statements) {
  if (lost_) lose("the connection was lost before");
  const auto before = put_off_.size();
  auto all = std::exchange(put_off_, {});
  std::move(statements.begin(), statements.end(), std::back_inserter(all));
  if (options_.prepares) {
    for (const auto& statement : all) prepared(statement.sql, statement.parameters);
  }

  // A failure that is thrown on the way has lost the connection.
  if (PQenterPipelineMode(native()) == 0) lose(one_line(PQerrorMessage(native())));
  for (const auto& statement : all) send(statement);
  if (PQpipelineSync(native()) == 0) lose(one_line(PQerrorMessage(native())));
  const auto until = answer_due();
  flush(until);
  std::vector<ResultRows> rows;
  std::unique_ptr<pg_result, ClearResult> refused;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto result = last_result(until);
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_FATAL_ERROR) refused = std::move(result);
    if (status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED || i < before) continue;
    rows.emplace_back(std::move(result));
  }
  if (!next_result(until) || PQexitPipelineMode(native()) == 0) {
    lose(one_line(PQerrorMessage(native())));
  }
  if (refused) refuse(refused.get());
  return rows;
}

ResultRows Connection::execute(const std::string& sql) {
  if (lost_) lose("the connection was lost before");
  if (!put_off_.empty()) run_all({});
  if (PQsendQuery(native(), sql.c_str()) == 0) lose(one_line(PQerrorMessage(native())));
  return receive();
}

bool Connection::is_quiet() const {
  pollfd socket{.fd = PQsocket(native()), .events = POLLIN, .revents = 0};
  return !lost_ && poll(&socket, 1, 0) == 0;
}

std::vector<std::string> Connection::notified() {
  if (lost_) lose("the connection was lost before");
  if (PQconsumeInput(native()) == 0) lose(one_line(PQerrorMessage(native())));
  std::vector<std::string> payloads;
  while (PGnotify* notification = PQnotifies(native())) {
    payloads.emplace_back(notification->extra);
    PQfreemem(notification);
  }
  return payloads;
}

int Connection::socket() const noexcept { return PQsocket(native()); }

bool Connection::in_transaction() const noexcept {
  const auto state = PQtransactionStatus(native());
  return state == PQTRANS_INTRANS || state == PQTRANS_INERROR;
}

int Connection::server_version() const noexcept { return PQserverVersion(native()); }

// --- Transaction --------------------------------------------------------------------------------

Transaction::Transaction(Connection& connection)
    : Transaction(connection, "BEGIN ISOLATION LEVEL READ COMMITTED") {}

Transaction::Transaction(Connection& connection, const std::string& begin)
    : connection_(connection), begun_(connection.execute(begin)) {}

Transaction::Transaction(Connection& connection, const std::vector<Statement>& begin)
    : connection_(connection), begun_(std::move(connection.run_all(begin).back())) {}

Transaction::~Transaction() {
  connection_.forget_later();
  if (!open_ || connection_.lost()) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (const Failure&) {  // The server rolls back what it loses sight of.
  }
}

void Transaction::commit() {
  // The server would answer COMMIT with a quiet rollback.
  if (PQtransactionStatus(connection_.native()) != PQTRANS_INTRANS) {
    throw Failure{ErrorCode::internal, "a statement of this transaction was refused"};
  }
  try {
    connection_.query("COMMIT");
  } catch (const ConnectionLost& lost) {
    throw OutcomeUnknown{lost.error().message};
  }
  open_ = false;
}

}  // namespace callqueue::postgres
