#include "store/users.hpp"

#include "callqueue/time_zone.hpp"
#include "callqueue/validate.hpp"
#include "store/pages.hpp"
#include "store/references.hpp"
#include "store/sql_store.hpp"
#include "store/statements.hpp"

namespace callqueue {
namespace {

// Optional texts are NULL when empty: an index over e-mail addresses has only those there are.
constexpr char kInsertUser[] = R"sql(
  INSERT INTO users (id, name, email, timezone, concurrent_calls_limit, system_concurrent_calls_limit)
  VALUES (?1, ?2, NULLIF(?3, ''), NULLIF(?4, ''), ?5, ?6))sql";
constexpr char kFindUser[] = R"sql(
  SELECT id, name, email, timezone, concurrent_calls_limit, system_concurrent_calls_limit
  FROM users WHERE id = ?1)sql";
constexpr char kUserExists[] = "SELECT 1 FROM users WHERE id = ?1";
// Index users_email_unique.
constexpr char kEmailTaken[] = "SELECT 1 FROM users WHERE email = ?1 AND email <> ''";
// The primary key is the order.
constexpr char kListUsers[] = R"sql(
  SELECT id, name, email, timezone, concurrent_calls_limit, system_concurrent_calls_limit
  FROM users WHERE id > ?1 ORDER BY id LIMIT ?2)sql";
constexpr char kSetLimits[] = R"sql(
  UPDATE users SET concurrent_calls_limit = COALESCE(?2, concurrent_calls_limit),
    system_concurrent_calls_limit = COALESCE(?3, system_concurrent_calls_limit)
  WHERE id = ?1)sql";
constexpr char kSetTimeZone[] = "UPDATE users SET timezone = NULLIF(?2, '') WHERE id = ?1";

constexpr char kSystemLimit[] = "SELECT system_limit FROM callqueue_settings";
constexpr char kSetSystemLimit[] = "UPDATE callqueue_settings SET system_limit = ?1";
constexpr char kFollowSystemLimit[] = R"sql(
  UPDATE users SET system_concurrent_calls_limit = ?2 WHERE system_concurrent_calls_limit = ?1)sql";

constexpr char kInsertAgent[] = "INSERT INTO agents (id, user_id, name) VALUES (?1, ?2, ?3)";
// Index agents_id_user_id_unique, here and below.
constexpr char kFindAgent[] = "SELECT id, user_id, name FROM agents WHERE user_id = ?1 AND id = ?2";
constexpr char kListAgents[] = R"sql(
  SELECT id, user_id, name FROM agents WHERE user_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3)sql";

User read_user(const Rows& row) {
  return {.id = get_id<UserId>(row, 0),
          .name = row.get<std::string>(1),
          .email = row.get<std::string>(2),
          .timezone = row.get<std::string>(3),
          .concurrent_calls_limit = row.get<int>(4),
          .system_concurrent_calls_limit = row.get<int>(5)};
}

Agent read_agent(const Rows& row) {
  return {.id = get_id<AgentId>(row, 0),
          .user_id = get_id<UserId>(row, 1),
          .name = row.get<std::string>(2)};
}

User load_user(Session& session, UserId id) {
  auto row = session.query(kFindUser, id);
  if (!row.step()) throw Failure{ErrorCode::not_found, "no such user", "user_id"};
  return read_user(row);
}

Agent load_agent(Session& session, UserId user_id, AgentId id) {
  auto row = session.query(kFindAgent, user_id, id);
  if (!row.step()) throw Failure{ErrorCode::not_found, "no such agent", "agent_id"};
  return read_agent(row);
}

void refuse_negative(std::optional<int> limit, const char* field) {
  if (limit.value_or(0) < 0) {
    throw Failure{ErrorCode::invalid_argument, "a limit must not be negative", field};
  }
}

}  // namespace

void require_user(Session& session, UserId user_id) {
  if (!session.value<int>(kUserExists, user_id)) {
    throw Failure{ErrorCode::not_found, "no such user", "user_id"};
  }
}

void require_agent(Session& session, UserId user_id, AgentId agent_id) {
  static_cast<void>(load_agent(session, user_id, agent_id));
}

PageOf<User> load_users(Session& session, const Page& page) {
  const auto after = id_cursor(page);
  auto rows = session.query(kListUsers, after, row_limit(page) + 1);
  return read_page<User>(rows, page, read_user, [](const User& user) { return to_text(user.id); });
}

SlotUse system_slots_of(Session& session) {
  return {.active = session.value<int>(session.statements().active_calls).value_or(0),
          .limit = session.value<int>(kSystemLimit).value_or(0)};
}

int active_calls_of(Session& session, UserId user_id) {
  return session.value<int>(session.statements().active_calls_of_user, user_id).value_or(0);
}

Result<User> SqlStore::create_user(const User& user) {
  if (auto good = validate(user); !good) return tl::unexpected(std::move(good.error()));
  return write([&](Session& session, Instant now) {
    const auto id = user.id.is_nil() ? next_id<UserId>(now) : user.id;
    if (session.value<int>(kUserExists, id)) {
      throw Failure{ErrorCode::conflict, "there is a user with this id", "id"};
    }
    if (!user.email.empty() && session.value<int>(kEmailTaken, user.email)) {
      throw Failure{ErrorCode::conflict, "another user has this e-mail address", "email"};
    }
    session.touch(id);
    session.run(kInsertUser, id, user.name, user.email, user.timezone, user.concurrent_calls_limit,
                user.system_concurrent_calls_limit);
    return load_user(session, id);
  });
}

Result<User> SqlStore::find_user(UserId id) {
  return read([&](Session& session, Instant) { return load_user(session, id); });
}

Result<PageOf<User>> SqlStore::list_users(const Page& page) {
  return read([&](Session& session, Instant) { return load_users(session, page); });
}

Result<User> SqlStore::set_user_limits(UserId id, std::optional<int> concurrent,
                                       std::optional<int> system) {
  return narrow([&](Session& session, Instant) {
    refuse_negative(concurrent, "concurrent_calls_limit");
    refuse_negative(system, "system_concurrent_calls_limit");
    session.touch(id);
    session.lock_user(id);
    session.run(kSetLimits, id, concurrent, system);
    return load_user(session, id);
  });
}

Result<User> SqlStore::set_user_timezone(UserId id, std::string_view timezone) {
  if (!timezone.empty()) {
    const auto zone = TimeZone::load(timezone);
    if (!zone) return tl::unexpected<Error>(zone.error());
  }
  return narrow([&](Session& session, Instant) {
    session.touch(id);
    session.lock_user(id);
    // A trigger closes the user's lanes until they have been computed anew.
    session.run(kSetTimeZone, id, timezone);
    return load_user(session, id);
  });
}

Result<SlotUse> SqlStore::system_slots() {
  return read([&](Session& session, Instant) { return system_slots_of(session); });
}

Result<void> SqlStore::set_system_limit(int limit) {
  return narrow([&](Session& session, Instant) {
    refuse_negative(limit, "system_limit");
    const int old = session.value<int>(kSystemLimit).value_or(0);
    session.run(kSetSystemLimit, limit);
    session.run(kFollowSystemLimit, old, limit);
  });
}

Result<SlotUse> SqlStore::user_slots(UserId user_id) {
  return read([&](Session& session, Instant) {
    const auto user = load_user(session, user_id);
    return SlotUse{.active = active_calls_of(session, user_id),
                   .limit = user.concurrent_calls_limit};
  });
}

Result<Agent> SqlStore::create_agent(const Agent& agent) {
  if (auto good = validate(agent); !good) return tl::unexpected(std::move(good.error()));
  return write([&](Session& session, Instant now) {
    require_user(session, agent.user_id);
    const auto id = agent.id.is_nil() ? next_id<AgentId>(now) : agent.id;
    if (session.query(kFindAgent, agent.user_id, id).step()) {
      throw Failure{ErrorCode::conflict, "there is an agent with this id", "id"};
    }
    session.touch(agent.user_id);
    session.tell(News::change);
    session.run(kInsertAgent, id, agent.user_id, agent.name);
    return load_agent(session, agent.user_id, id);
  });
}

Result<Agent> SqlStore::find_agent(UserId user_id, AgentId id) {
  return read([&](Session& session, Instant) { return load_agent(session, user_id, id); });
}

Result<PageOf<Agent>> SqlStore::list_agents(UserId user_id, const Page& page) {
  return read([&](Session& session, Instant) {
    const auto after = id_cursor(page);
    auto rows = session.query(kListAgents, user_id, after, row_limit(page) + 1);
    return read_page<Agent>(rows, page, read_agent,
                            [](const Agent& agent) { return to_text(agent.id); });
  });
}

}  // namespace callqueue
