#include "postgres/wait_watch.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace callqueue::postgres {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenLooks{200};
/// A lock that is asked for again and again is not waited for all the time.
constexpr std::chrono::seconds kStillTheSame{1};
constexpr std::chrono::seconds kPatience{3};
constexpr std::chrono::seconds kBetweenWords{30};

constexpr char kProcess[] = "SELECT pg_backend_pid()";
// Who holds what the migrator %1 waits for, or the migrators' lock which is not the guard's, %2.
constexpr char kBlockers[] = R"sql(
  SELECT format('process %s%s%s', a.pid, ' (' || nullif(a.application_name, '') || ')',
    ', in a transaction since ' || to_char(a.xact_start, 'HH24:MI:SS TZ'))
  FROM pg_stat_activity a
  WHERE a.pid = ANY (pg_blocking_pids(%1)) OR (a.pid <> %2 AND a.pid IN (
    SELECT k.pid FROM pg_locks k
    WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1 AND k.classid = x'63716d67'::bigint::oid
      AND k.objid = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = current_schema())
      AND k.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())))
  ORDER BY a.xact_start LIMIT 1)sql";

std::string question_about(Connection& migrator, Connection& guard) {
  std::string question = kBlockers;
  for (const auto& [place, connection] : {std::pair{"%1", &migrator}, std::pair{"%2", &guard}}) {
    question.replace(question.find(place), 2,
                     std::to_string(connection->value<int>(kProcess).value_or(0)));
  }
  return question;
}

}  // namespace

WaitWatch::WaitWatch(std::string url, Connection::Options options, Connection& migrator,
                     Connection& guard, Tell tell)
    : url_(std::move(url)),
      options_(std::move(options)),
      question_(question_about(migrator, guard)),
      tell_(std::move(tell)),
      thread_([this](const std::stop_token& stop) {
        try {
          watch(stop);
        } catch (const Failure&) {  // Then nobody tells; the migration goes on.
        }
      }) {}

std::string WaitWatch::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::string WaitWatch::blocker(Connection& connection, const std::string& question) {
  auto rows = connection.execute(question);
  return rows.step() ? rows.get<std::string>(0) : std::string{};
}

bool WaitWatch::sleep(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return stopped_.wait_for(lock, stop, kBetweenLooks, [&] { return stop.stop_requested(); });
}

void WaitWatch::watch(const std::stop_token& stop) {
  // Most migrations are over before anybody would ask.
  for (const auto start = Steady::now(); Steady::now() - start < kStillTheSame;) {
    if (sleep(stop)) return;
  }
  Connection connection{url_, options_};
  std::optional<Steady::time_point> since;
  std::optional<Steady::time_point> seen;
  std::optional<Steady::time_point> told;
  do {
    const auto who = blocker(connection, question_);
    const auto now = Steady::now();
    if (who.empty()) {
      if (seen && now - *seen > kStillTheSame) since.reset();
      continue;
    }
    seen = now;
    if (!since) since = now;
    if (now - *since < kPatience || (told && now - *told < kBetweenWords)) continue;
    told = now;
    {
      const std::lock_guard lock(mutex_);
      last_ = who;
    }
    if (tell_) tell_("the migration waits for " + who);
  } while (!sleep(stop));
}

}  // namespace callqueue::postgres
