#include "callqueue/store.hpp"

#include <atomic>

#include "bindings/c/arguments.hpp"
#include "bindings/c/hand_out.hpp"
#include "bindings/c/handles.hpp"
#include "callqueue/json.hpp"

namespace callqueue::c {
namespace {

/// The caller's clock. While it throws, or tells of what is no instant, time stands still.
class HostClock final : public Clock {
 public:
  HostClock(int64_t (*tell)(void*), void* user) : tell_(tell), user_(user) {}
  [[nodiscard]] Instant now() const override {
    try {
      last_ = instant(tell_(user_), "clock").time_since_epoch().count();
    } catch (...) {  // A clock cannot fail.
    }
    return Instant{std::chrono::microseconds{last_.load()}};
  }

 private:
  int64_t (*tell_)(void*);
  void* user_;
  mutable std::atomic<std::int64_t> last_{0};
};

StoreOptions options_of(const cq_store_options& options) {
  StoreOptions made{
      .durability = enumerator(options.durability, StoreOptions::Durability::normal, "durability"),
      .busy_timeout = milliseconds(options.busy_timeout_ms, "busy_timeout"),
      .statement_timeout = milliseconds(options.statement_timeout_ms, "statement_timeout"),
      .create = flag(options.create, "create"),
      .connections = options.connections,
      .prepare_statements = flag(options.prepare_statements, "prepare_statements"),
      .schema = text(options.schema, "schema"),
      .listen = flag(options.listen, "listen"),
      .look_interval = milliseconds(options.look_interval_ms, "look_interval")};
  if (options.clock != nullptr) {
    made.clock = std::make_shared<HostClock>(options.clock, options.clock_user);
  }
  if (options.id_seed != CQ_UNSET) {
    made.uuids = std::make_shared<UuidSource>(static_cast<std::uint64_t>(options.id_seed));
  }
  return made;
}

MigrateRequest request_of(const cq_migrate_request& request) {
  MigrateRequest made{.to = optional_number(request.to),
                      .down = flag(request.down, "down"),
                      .row_security = optional_text(request.row_security, "row_security")};
  if (request.active_statuses != nullptr) {
    made.active_statuses =
        texts(request.active_statuses, request.active_statuses_count, "active_statuses");
  }
  return made;
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

cq_status cq_store_open(const char* url, const cq_store_options* options, cq_store** store,
                        cq_error** error) {
  c::clear(store);
  return c::guard(error, [&] {
    auto& opened = c::out(store, "store");
    const auto asked = c::or_defaults(options);
    auto made = c::value(open_store(c::needed_text(url, "url"), c::options_of(asked)));
    opened = new cq_store{std::move(made), {asked.priority_base, asked.priority_named_contact}};
  });
}

void cq_store_close(cq_store** store) {
  if (store == nullptr) return;
  delete *store;
  *store = nullptr;
}

cq_status cq_store_migrate(cq_store* store, const cq_migrate_request* request, char** result,
                           cq_error** error) {
  c::clear(result);
  return c::guard(error, [&] {
    const auto done = c::value(c::open(store).migrate(c::request_of(c::or_defaults(request))));
    if (result != nullptr) *result = c::own_text(to_json(done));
  });
}

cq_status cq_store_preflight(cq_store* store, const char* const* active_statuses,
                             size_t active_statuses_count, char** report, cq_error** error) {
  return c::tells(report, "report", error, [&] {
    PreflightRequest request;
    if (active_statuses != nullptr || active_statuses_count > 0) {
      request.active_statuses = c::texts(active_statuses, active_statuses_count, "active_statuses");
    }
    return to_json(c::value(c::open(store).preflight(request)));
  });
}

cq_status cq_store_verify(cq_store* store, char** report, cq_error** error) {
  return c::tells(report, "report", error,
                  [&] { return to_json(c::value(c::open(store).verify())); });
}

cq_status cq_migrations_for(const char* url, cq_migration_list** migrations, cq_error** error) {
  return c::finds(migrations, "migrations", error,
                  [&] { return c::value(migrations_for(c::needed_text(url, "url"))); });
}

void cq_migration_list_free(cq_migration_list** migrations) { c::free_owned(migrations); }

cq_status cq_store_now(cq_store* store, int64_t* now, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(now, "now");
    told = c::instant(c::value(c::open(store).now()));
  });
}

cq_status cq_store_advance(cq_store* store, const cq_advance_request* request,
                           cq_advance_result* result, cq_error** error) {
  return c::guard(error, [&] {
    const auto asked = c::or_defaults(request);
    if (asked.budget < 1) c::refuse("budget", "must be above 0");
    if (result != nullptr) static_cast<void>(c::filled(result, "result"));
    const auto done = c::value(c::open(store).advance(
        {.budget = asked.budget,
         .lapse_submitted = c::flag(asked.lapse_submitted, "lapse_submitted")}));
    if (result != nullptr) c::fill_caller(done, *result);
  });
}

cq_status cq_store_next_wakeup(cq_store* store, int64_t* wakeup, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(wakeup, "wakeup");
    told = c::instant(c::value(c::open(store).next_wakeup()));
  });
}

cq_status cq_store_change_counter(cq_store* store, uint64_t* counter, cq_error** error) {
  return c::guard(error, [&] {
    auto& told = c::number(counter, "counter");
    told = c::value(c::open(store).change_counter());
  });
}
