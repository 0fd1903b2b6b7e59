// What only C++ can do to a C API: an allocator that fails, and callbacks that throw.
#include <atomic>
#include <new>
#include <stdexcept>
#include <string>

#include "c/harness.h"

namespace {

/// How many allocations of this thread succeed yet; below 0: all of them.
thread_local long allocations_left = -1;
thread_local bool ran_out = false;

bool runs_out() {
  if (allocations_left < 0) return false;
  if (allocations_left > 0) {
    --allocations_left;
    return false;
  }
  ran_out = true;
  return true;
}

}  // namespace

// The library's `new` is this one: a program's replaces that of every library.
void* operator new(std::size_t size) {
  void* memory = runs_out() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return runs_out() ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

/// Calls `ask` with one allocation more each time, until there are enough. Each time before that it
/// fails, says so, and hands out nothing.
template <class T, class Ask>
void without_memory(T** got, Ask&& ask) {
  constexpr long most = 3'000;
  long allowed = 0;
  for (; allowed < most; ++allowed) {
    cq_error* error = nullptr;
    ran_out = false;
    allocations_left = allowed;
    const cq_status status = ask(&error);
    allocations_left = -1;
    if (status == CQ_OK) {
      CHECK(error == nullptr);
      CHECK(*got != nullptr);
      break;
    }
    CHECK(status == CQ_INTERNAL && ran_out && *got == nullptr);
    CHECK(error != nullptr && error->code == CQ_INTERNAL && error->message[0] != '\0');
    cq_error_free(&error);
    CHECK(error == nullptr);
  }
  CHECK(allowed > 1 && allowed < most);
}

/// What is open-ended is handed out as JSON.
void lack_of_memory_for_texts(world* w, const char* campaign) {
  char* text = nullptr;
  const auto try_all = [&](auto ask) {
    without_memory(&text, ask);
    cq_string_free(&text);
  };
  try_all([&](cq_error** error) {
    return cq_campaigns_get_analytics(w->store, w->ann->id, campaign, &text, error);
  });
  try_all([&](cq_error** error) {
    return cq_store_list_import_errors(w->store, w->ann->id, campaign, nullptr, &text, error);
  });
  cq_campaign* found = nullptr;
  without_memory(&found, [&](cq_error** error) {
    return cq_campaigns_find_by_id(w->store, w->ann->id, campaign, &found, error);
  });
  cq_campaign_free(&found);
}

/// All pieces. While `allowed` is not below 0, with one allocation more each time.
std::string exported(world* w, const char* campaign, std::int32_t format, long allowed,
                     bool* refused) {
  cq_campaign_export* rows = nullptr;
  OK(cq_campaign_export_results(w->store, w->ann->id, campaign, format, &rows, &error));
  std::string whole;
  for (std::int32_t more = 1; more == 1;) {
    char* piece = nullptr;
    cq_error* error = nullptr;
    allocations_left = allowed;
    const cq_status status = cq_campaign_export_next(rows, &piece, &more, &error);
    allocations_left = -1;
    if (status == CQ_OK) whole += piece;
    if (status != CQ_OK) *refused = true;
    cq_string_free(&piece);
    cq_error_free(&error);
    if (allowed >= 0) ++allowed;
  }
  cq_campaign_export_free(&rows);
  return whole;
}

void lack_of_memory_loses_no_piece(world* w, const char* campaign) {
  for (const std::int32_t format : {CQ_EXPORT_CSV, CQ_EXPORT_JSON}) {
    bool refused = false;
    const auto whole = exported(w, campaign, format, -1, &refused);
    CHECK(!refused && whole.size() > 100);
    CHECK(exported(w, campaign, format, 0, &refused) == whole && refused);
  }
}

void lack_of_memory_loses_no_change(world* w) {
  cq_change_listener* listener = nullptr;
  cq_changes* changes = nullptr;
  without_memory(&listener,
                 [&](cq_error** error) { return cq_store_listen(w->store, &listener, error); });
  OK(cq_store_set_user_limits(w->store, w->ann->id, 3, CQ_UNSET, nullptr, &error));
  bool refused = false;
  for (long allowed = 0; changes == nullptr && allowed < 100; ++allowed) {
    cq_error* error = nullptr;
    allocations_left = allowed;
    refused |= cq_change_listener_wait(listener, 0, CQ_NO_INSTANT, &changes, &error) != CQ_OK;
    allocations_left = -1;
    cq_error_free(&error);
  }
  CHECK(refused && changes != nullptr && changes->everyone == 1);
  cq_changes_free(&changes);
  cq_change_listener_free(&listener);
}

extern "C" void lack_of_memory_is_an_error(void) {
  world w = open_world(1);
  const char* campaign =
      active_campaign(&w, "phone_number\n+14155550100\n12\n",
                      "{\"weekly_windows\": [[{\"opens\": \"09:00\", \"closes\": \"18:00\"}],"
                      "[{\"opens\": \"00:00\", \"closes\": \"24:00\"}],[],[],[],[],[]],"
                      "\"excluded_dates\": [\"2026-12-25\"]}");
  cq_user* user = nullptr;
  without_memory(&user, [&](cq_error** error) {
    return cq_store_find_user(w.store, w.ann->id, &user, error);
  });
  cq_user_free(&user);
  cq_contact_list* contacts = nullptr;
  without_memory(&contacts, [&](cq_error** error) {
    return cq_store_list_contacts(w.store, w.ann->id, "1", nullptr, &contacts, error);
  });
  cq_contact_list_free(&contacts);
  cq_queued_call_list* rows = nullptr;
  without_memory(&rows, [&](cq_error** error) {
    return cq_queue_list(w.store, w.ann->id, nullptr, nullptr, &rows, error);
  });
  cq_queued_call_list_free(&rows);
  cq_claimed_call_list* claimed = nullptr;
  without_memory(&claimed, [&](cq_error** error) {
    return cq_queue_claim(w.store, nullptr, &claimed, error);
  });
  cq_claimed_call_list_free(&claimed);
  cq_call_list* calls = nullptr;
  without_memory(&calls, [&](cq_error** error) {
    return cq_store_list_calls(w.store, w.ann->id, nullptr, nullptr, &calls, error);
  });
  HAS(calls, 1);
  cq_call_list_free(&calls);
  lack_of_memory_for_texts(&w, campaign);
  lack_of_memory_loses_no_change(&w);
  lack_of_memory_loses_no_piece(&w, campaign);
  cq_migration_list* migrations = nullptr;
  without_memory(&migrations, [&](cq_error** error) {
    return cq_migrations_for("sqlite:x", &migrations, error);
  });
  cq_migration_list_free(&migrations);
  close_world(&w);
}

[[noreturn]] void throws() { throw std::runtime_error{"not my day"}; }

extern "C" void throwing_dial(void*, const cq_claimed_call*, cq_dial_result*) { throws(); }
extern "C" void throwing_lookup(void*, const cq_call*, cq_lookup_result*) { throws(); }
extern "C" int64_t throwing_read(void*, char*, size_t) { throws(); }
extern "C" int32_t throwing_progress(void*, int64_t) { throws(); }
extern "C" int32_t throwing_write(void*, const char*, size_t) { throws(); }
extern "C" void throwing_claimed(void*, const cq_claimed_call*) { throws(); }
extern "C" int64_t throwing_clock(void*) { throws(); }

extern "C" void a_callback_may_throw(void) {
  world w = open_world(2);
  const char* campaign = active_campaign(&w, "phone_number\n+14155550100\n", nullptr);
  cq_csv_import_options options;
  cq_csv_import_options_init(&options, sizeof options);
  cq_csv_source source = text_source("phone_number\n+14155550101\n12\n");
  options.progress = throwing_progress;
  FAILS(cq_import_csv(w.store, w.ann->id, campaign, &source, &options, nullptr, &error),
        CQ_CONFLICT, "progress");
  options.progress = nullptr;
  options.write_errors = throwing_write;
  FAILS(cq_import_csv(w.store, w.ann->id, campaign, &source, &options, nullptr, &error),
        CQ_UNAVAILABLE, "errors");
  source.text = nullptr;
  source.length = 0;
  source.read = throwing_read;
  FAILS(cq_import_csv(w.store, w.ann->id, campaign, &source, nullptr, nullptr, &error),
        CQ_UNAVAILABLE, "file");

  cq_dialer dialer;
  cq_dialer_init(&dialer, sizeof dialer);
  dialer.dial = throwing_dial;
  dialer.lookup = throwing_lookup;
  cq_observer observer;
  cq_observer_init(&observer, sizeof observer);
  observer.on_claimed = throwing_claimed;
  cq_processor* processor = nullptr;
  OK(cq_processor_create(w.store, &dialer, nullptr, &observer, &processor, &error));
  cq_step_result step;
  cq_step_result_init(&step, sizeof step);
  OK(cq_processor_step(processor, &step, &error));
  CHECK(step.dialed == 1);
  now_is += std::int64_t{5} * MINUTE;
  OK(cq_processor_step(processor, &step, &error));
  cq_processor_free(&processor);
  close_world(&w);

  cq_store* store = nullptr;
  cq_store_options clocked;
  cq_store_options_init(&clocked, sizeof clocked);
  clocked.clock = throwing_clock;
  OK(cq_store_open("sqlite::memory:", &clocked, &store, &error));
  OK(cq_store_migrate(store, nullptr, nullptr, &error));
  cq_store_close(&store);
}

}  // namespace

extern "C" const test_case memory_cases[] = {
    {"lack_of_memory_is_an_error", lack_of_memory_is_an_error},
    {"a_callback_may_throw", a_callback_may_throw},
    {nullptr, nullptr}};
