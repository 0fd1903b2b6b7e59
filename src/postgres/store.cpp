#include "postgres/store.hpp"

#include <algorithm>
#include <array>

#include "postgres/active_statuses.hpp"
#include "postgres/import_rows.hpp"
#include "postgres/listener.hpp"
#include "postgres/preflight.hpp"
#include "postgres/row_security.hpp"
#include "postgres/schema.hpp"
#include "postgres/store_transactions.hpp"
#include "postgres/wait_watch.hpp"
#include "postgres/why_lacking.hpp"
#include "store/migrations.hpp"

namespace callqueue::postgres {
namespace {

// The schema's version, the server's clock, and whether the session may not be used.
constexpr char kBegun[] =
    "SELECT coalesce(max(version), 0)::integer, clock_timestamp(), " CALLQUEUE_ROWS_ARE_HIDDEN
    " FROM callqueue_migrations";
constexpr char kGiveClock[] = "SELECT set_config('callqueue.now', $1::text, true)";

constexpr char kNow[] = "SELECT clock_timestamp()";
// Grows with every transaction that writes, also with those of other databases of the server.
constexpr char kNextTransaction[] = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint";

// Tables that have grown since the server last looked: the names, or none.
constexpr char kGrown[] = R"sql(
  SELECT string_agg(quote_ident(relname), ', ') FROM pg_class
  WHERE oid IN ('contacts'::regclass, 'call_queue'::regclass) AND reltuples < 1000
    AND pg_relation_size(oid) > 65536)sql";

/// With each question of a preflight; tables may be large, and somebody may hold them.
constexpr std::chrono::seconds kPreflightPatience{30};
/// Of transactions that were in each other's way.
constexpr int kMostAttempts = 20;

/// To the server a timeout of zero is none. A pooler hands connections on with their search path.
StoreOptions checked(StoreOptions options) {
  if (!options.prepare_statements && !options.schema.empty()) {
    throw Failure{ErrorCode::invalid_argument,
                  "a pooler cannot be told the schema: set the role's search_path instead",
                  "schema"};
  }
  constexpr std::chrono::milliseconds kShortest{1};
  options.busy_timeout = std::max(options.busy_timeout, kShortest);
  options.statement_timeout = std::max(options.statement_timeout, kShortest);
  return options;
}

/// What nobody waits for long: notifications, and looks at what has changed.
Connection::Options beside(const StoreOptions& options) {
  using std::chrono::seconds;
  return {.connect_timeout = seconds{5},
          .answer_timeout = seconds{5},
          .prepares = options.prepare_statements,
          .schema = options.schema};
}

/// For the statements of the pool's connections.
Connection::Options pooled(const StoreOptions& options) {
  constexpr std::chrono::seconds kOnItsWay{5};
  return {.answer_timeout = options.statement_timeout + kOnItsWay,
          .prepares = options.prepare_statements,
          .schema = options.schema};
}

// What begins a transaction: settings that end with it, for poolers hand connections on.

constexpr char kBeginRead[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr char kBeginWrite[] = "BEGIN ISOLATION LEVEL READ COMMITTED";
constexpr char kStatementTimeout[] = "SELECT set_config('statement_timeout', $1, true)";
constexpr char kLockTimeout[] = "SELECT set_config('lock_timeout', $1, true)";
// Every statement that writes finds its rows by an index, however few there were when it was
// planned, and planning it anew for each set of values takes longer than running it.
constexpr char kByIndex[] = R"sql(
  SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_material', 'off', true), set_config('jit', 'off', true))sql";
constexpr char kQuickCommit[] = "SELECT set_config('synchronous_commit', 'off', true)";
constexpr char kLockClaims[] = "SELECT callqueue_lock()";

std::vector<Statement> begin_read(const StoreOptions& options) {
  return {{kBeginRead, Parameters{}},
          {kStatementTimeout, Parameters{std::to_string(options.statement_timeout.count())}},
          {kBegun, Parameters{}}};
}

std::vector<Statement> begin_write(const StoreOptions& options, bool locks_claims) {
  std::vector<Statement> begin{
      {kBeginWrite, Parameters{}},
      {kStatementTimeout, Parameters{std::to_string(options.statement_timeout.count())}},
      {kLockTimeout, Parameters{std::to_string(options.busy_timeout.count())}},
      {kByIndex, Parameters{}}};
  if (options.durability == StoreOptions::Durability::normal) {
    begin.push_back({kQuickCommit, Parameters{}});
  }
  if (locks_claims) begin.push_back({kLockClaims, Parameters{}});
  begin.push_back({kBegun, Parameters{}});
  return begin;
}

/// What somebody else was quicker with, by the key that says so.
struct Taken {
  std::string_view key;
  const char* message;
  const char* field;
};

constexpr std::array<Taken, 8> kTaken = {{
    {"users_pkey", "there is a user with this id", "id"},
    {"users_email_unique", "another user has this e-mail address", "email"},
    {"agents_pkey", "there is an agent with this id", "id"},
    {"contacts_pkey", "there is a contact with this id", "id"},
    {"contacts_user_id_phone_number_unique", "another contact has this phone number",
     "phone_number"},
    {"call_campaigns_pkey", "there is a campaign with this id", "id"},
    {"callqueue_access_tokens_pkey", "there is an access token with this id", "id"},
    {"callqueue_open_contact", "the contact has an open call in the campaign", "contact_id"},
}};

const Taken* what_is_taken(const StatementRefused& refused) {
  if (refused.sqlstate() != "23505") return nullptr;
  const auto* const found = std::find_if(kTaken.begin(), kTaken.end(), [&](const Taken& taken) {
    return taken.key == refused.constraint();
  });
  return found == kTaken.end() ? nullptr : found;
}

}  // namespace

PostgresStore::PostgresStore(std::string url, const StoreOptions& options)
    : SqlStore(options.uuids),
      url_(std::move(url)),
      options_(checked(options)),
      clock_(options.clock),
      begin_read_(begin_read(options_)),
      begin_write_(begin_write(options_, false)),
      begin_narrow_(begin_write(options_, true)),
      schema_(options.schema),
      pool_(url_, {.connection = pooled(options_),
                   .size = options_.connections,
                   .wait = options_.busy_timeout}),
      notifier_(url_, {.connection = beside(options_)}) {
  refuse_newer(schema_version(*pool_.take()), all_migrations());
}

const std::vector<Migration>& PostgresStore::migrations() const { return all_migrations(); }

Connection::Options PostgresStore::patient() const {
  auto options = pooled(options_);
  options.answer_timeout = std::chrono::hours{24};
  return options;
}

Result<PreflightReport> PostgresStore::preflight(const PreflightRequest& request) {
  return guarded([&] {
    auto declared = request.active_statuses;
    if (declared) declared = checked_statuses(*std::move(declared));
    Connection connection{url_, patient()};
    return postgres::preflight(connection, declared, kPreflightPatience);
  });
}

Result<MigrateResult> PostgresStore::migrate(const MigrateRequest& request) {
  return guarded([&] {
    Connection connection{url_, patient()};
    if (!schema_.empty() && !request.down) create_schema(connection, schema_);
    Connection guard{url_, patient()};
    const WaitWatch watch{url_, beside(options_), connection, guard, request.on_waiting};
    try {
      return postgres::migrate(connection, guard, request);
    } catch (const StatementRefused& refused) {
      const auto who = watch.last();
      if (!refused.has_waited() || who.empty()) throw;
      throw Failure{refused.error().code, refused.error().message + ": " + who};
    }
  });
}

Result<Instant> PostgresStore::now() {
  if (clock_) return clock_->now();
  return on_connection(
      [](Connection& connection) { return connection.value<Instant>(kNow).value_or(Instant{}); });
}

Result<std::uint64_t> PostgresStore::change_counter() {
  return on_connection([](Connection& connection) {
    return static_cast<std::uint64_t>(connection.value<std::int64_t>(kNextTransaction).value_or(0));
  });
}

Result<std::unique_ptr<ChangeListener>> PostgresStore::listen() {
  return guarded([&]() -> std::unique_ptr<ChangeListener> {
    const Listener::Options how{
        .connection = beside(options_), .listens = options_.listen, .look = options_.look_interval};
    return std::make_unique<Listener>(url_, how, clock_);
  });
}

void PostgresStore::transact(Access access, const Work& work) {
  for (int attempt = 1;; ++attempt) {
    try {
      return run(access, work);
    } catch (const OutcomeUnknown& unknown) {
      // Done again it waits for the locks of what was lost, if that is still under way.
      if (!unknown.may_be_repeated() || attempt > 1) throw;
    } catch (const ConnectionLost&) {
      // Nothing was committed. The next connection is a new one.
      if (attempt > 1) throw;
    } catch (const StatementRefused& refused) {
      if (const auto* taken = what_is_taken(refused)) {
        throw Failure{ErrorCode::conflict, taken->message, taken->field};
      }
      if (!refused.may_be_repeated() || attempt == kMostAttempts) {
        explain(refused);
        throw;
      }
    }
  }
}

void PostgresStore::explain(const StatementRefused& refused) {
  if (!refused.lacks_something() && !refused.is_read_only()) return;
  const auto why = why_refused(*pool_.take(), refused);
  if (why) throw Failure{ErrorCode::corrupt, *why};
}

void PostgresStore::transact_import(const ImportWork& work) {
  transact(Access::write, [&](Session& session, Instant now) {
    work(session, now, ImportWatch{ImportWatch::kLongest});
  });
  analyze_grown_tables();
}

void PostgresStore::analyze_grown_tables() {
  // As long as the server takes a table for empty it follows references into it by any index, a
  // user's whole list for each row. It would look by itself within a minute: too late for an
  // import. Who does not own the tables is told no by a warning.
  const auto analyzed = on_connection([](Connection& connection) {
    const auto tables = connection.value<std::string>(kGrown).value_or("");
    if (!tables.empty()) connection.execute("ANALYZE " + tables);
  });
  (void)analyzed;  // What was imported is imported.
}

std::vector<ImportOutcome> PostgresStore::stage_rows(Session& session, Instant now,
                                                     const RunningImport& import,
                                                     std::span<const ImportRow> rows,
                                                     const ImportWatch&) {
  // Nobody waits for an import but who finishes calls of the same campaign.
  constexpr std::size_t kTogether = 1000;
  return stage_together(static_cast<PostgresSession&>(session), now, import,
                        rows.first(std::min(rows.size(), kTogether)),
                        [&] { return next_id<QueuedCallId>(now).value; });
}

void PostgresStore::run(Access access, const Work& work) {
  const auto connection = pool_.take();
  Transaction transaction{*connection, begin(access)};
  const auto now = begun(*connection, transaction);
  PostgresSession session{*connection};
  work(session, now);
  if (access == Access::read) return;
  try {
    transaction.commit();
  } catch (const OutcomeUnknown& unknown) {
    throw OutcomeUnknown{unknown.error().message, session.may_be_repeated()};
  }
  notifier_.tell(session.changes());
}

const std::vector<Statement>& PostgresStore::begin(Access access) const {
  switch (access) {
    case Access::read: return begin_read_;
    case Access::write: return begin_write_;
    case Access::narrow: return begin_narrow_;
  }
  return begin_write_;
}

Instant PostgresStore::begun(Connection& connection, Transaction& transaction) {
  auto& row = transaction.begun();
  row.step();
  if (row.get<bool>(2)) refuse_if_rows_are_hidden(connection);
  require_newest(row.get<int>(0), all_migrations());
  if (!clock_) return row.get<Instant>(1);
  const auto now = clock_->now();
  connection.later(kGiveClock, to_text(now));
  return now;
}

}  // namespace callqueue::postgres
