// The example server: embeds the library behind HTTP. Rules stay in the library; handlers convert,
// call one service and convert back.
#include <pthread.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>

#include "api.hpp"
#include "callqueue/access_tokens.hpp"
#include "cors.hpp"
#include "demo.hpp"
#include "gate.hpp"
#include "live_events.hpp"
#include "log.hpp"
#include "metrics.hpp"
#include "server.hpp"
#include "simulated_carrier/simulated_carrier.hpp"
#include "static_files.hpp"
#include "webhook.hpp"

namespace {

using namespace callqueue;
using namespace rest;

struct Options {
  std::string url = "sqlite:callqueue.db";
  ServerOptions server;
  RateLimit rate;
  std::string log_level = "info";
  std::string webhook_secret_file;
  std::string pages;
  int drain = 10;
  int metrics_interval = 15;
  bool demo = false;
  bool routes = false;
};

void add_seconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& time,
                 const std::string& help) {
  app.add_option_function<int>(
         name, [&time](int seconds) { time = std::chrono::seconds{seconds}; },
         help + " so many seconds")
      ->check(CLI::Range(1, 3600))
      ->default_str(std::to_string(time.count() / 1000));
}

Options read_options(int argc, char** argv) {
  Options options;
  CLI::App app("The example REST server: see docs/rest_api.md.", "callqueue_rest_server");
  app.add_option("--db", options.url, "The database: sqlite:PATH or postgresql://…")
      ->envname("CALLQUEUE_DB")
      ->capture_default_str();
  app.add_option("--host", options.server.host, "Address to listen at")->capture_default_str();
  app.add_option("--port", options.server.port, "0: any that is free")->capture_default_str();
  app.add_option("--workers", options.server.workers, "Requests that are worked on at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--drain", options.drain,
                 "Seconds that an end waits for requests that still arrive")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  app.add_option("--connections", options.server.most_connections, "Clients at once")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  add_seconds(app, "--header-time", options.server.header_time, "A request's header may take");
  add_seconds(app, "--body-time", options.server.body_time, "Each piece of a body may take");
  add_seconds(app, "--idle-time", options.server.idle_time, "A connection may be idle for");
  app.add_option(
         "--cors-origin", options.server.cors_origins,
         "Another site whose pages may use the server, as browsers name it; may be repeated")
      ->check([](const std::string& origin) {
        return is_origin(origin) ? "" : "no browser names a site '" + origin + "': see --help";
      });
  app.add_option("--rate", options.rate.per_second, "Requests a second of one token")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
  app.add_option("--metrics-interval", options.metrics_interval,
                 "Seconds between two looks at the database for /metrics")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  app.add_option("--log-level", options.log_level, "debug, info, warn, err or off")
      ->capture_default_str();
  app.add_option("--webhook-secret-file", options.webhook_secret_file,
                 "Where the provider's secret is, if not in CALLQUEUE_WEBHOOK_SECRET");
  app.add_option("--pages", options.pages, "Show the pages of this folder at /: the dashboard");
  app.add_flag("--demo", options.demo, "Make a demo user and print its token");
  app.add_flag("--routes", options.routes, "Print the routes and end");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? 0 : 2);
  }
  options.rate.burst = 2 * options.rate.per_second;
  options.server.drain_time = std::chrono::seconds{options.drain};
  return options;
}

Authenticate by_token(Store& store) {
  return [&store](std::string_view text) {
    return AccessTokens{store}.authenticate(text).map([](const AccessToken& token) {
      return Caller{.token_id = to_text(token.id),
                    .user_id = token.user_id.value_or(UserId{}),
                    .is_administrator = token.role == AccessRole::administrator};
    });
  };
}

FindUser in(Store& store) {
  return [&store](UserId id) { return store.find_user(id).map([](const User&) {}); };
}

/// Dials on a simulated carrier until it goes.
class Dialing {
 public:
  Dialing(Store& store, Observer& observer) : processor_(store, carrier_, {}, &observer) {
    work_ = std::jthread([this](const std::stop_token& stop) {
      if (const auto worked = processor_.run(stop); !worked) {
        fmt::print(stderr, "callqueue_rest_server: no more dialing: {}\n", worked.error().message);
      }
    });
    deliver_ = std::jthread([this](const std::stop_token& stop) {
      carrier_.deliver(stop, [this](std::span<const CallEvent> events) {
        return processor_.report(events).has_value();
      });
    });
  }
  ~Dialing() {
    // Events are taken until the last dial has ended.
    work_.request_stop();
    work_.join();
    deliver_.request_stop();
    deliver_.join();
    if (const auto ends = carrier_.hang_up(); !ends.empty()) {
      static_cast<void>(processor_.report(ends));  // Else they end at their deadlines.
    }
  }
  Dialing(const Dialing&) = delete;
  Dialing& operator=(const Dialing&) = delete;

  [[nodiscard]] Processor& processor() { return processor_; }

 private:
  SimulatedCarrier carrier_{std::make_shared<SystemClock>()};
  Processor processor_;
  std::jthread deliver_;
  std::jthread work_;
};

/// SIGINT or SIGTERM, which all threads made from now on leave to `wait`.
class Ending {
 public:
  Ending() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  void wait() const {
    int signal = 0;
    sigwait(&signals_, &signal);
  }

 private:
  sigset_t signals_{};
};

/// Each connection is an open file, of which a process may often have no more than 1,024 unless it
/// asks.
void allow_files(int count) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::max(files.rlim_cur, std::min(files.rlim_max, static_cast<rlim_t>(count)));
  setrlimit(RLIMIT_NOFILE, &files);
}

/// The provider's, from outside; a demo without any makes one.
std::vector<std::string> secrets_of(const Options& options) {
  auto secrets = webhook_secrets(options.webhook_secret_file);
  if (options.demo && secrets.empty()) secrets.push_back(print_demo_secret());
  return secrets;
}

Router routes_of(App& app, Metrics& metrics, Webhook& webhook) {
  Router router;
  add_campaign_routes(router, app);
  add_import_routes(router, app);
  add_export_routes(router, app);
  add_forecast_routes(router, app);
  add_queue_routes(router, app);
  add_contact_routes(router, app);
  add_setting_routes(router, app);
  add_metric_routes(router, metrics);
  add_webhook_routes(router, webhook);
  router.add({.method = "GET", .path = "/api/events", .is_live = true});
  router.add({.method = "GET",
              .path = "/api/users/events",
              .access = Access::administrator,
              .is_live = true});
  return router;
}

/// Where a browser finds the dashboard. What is behind # stays in the browser: no request and no
/// log has the token.
void print_address(const std::string& host, std::uint16_t port, const std::string& token) {
  const bool is_any = host == "0.0.0.0" || host == "::";
  const auto name = is_any                                ? "localhost"
                    : host.find(':') == std::string::npos ? host
                                                          : "[" + host + "]";
  fmt::print("\nopen http://{}:{}/{}\n", name, port,
             token.empty() ? "" : "#/sign-in?token=" + token);
}

int run(const Options& options) {
  const Ending ending;
  start_log(options.log_level);
  allow_files(options.server.most_connections + 200);
  auto store = open_store(options.routes ? "sqlite::memory:" : options.url,
                          {.connections = options.server.workers + 5});
  if (!store) throw std::runtime_error(store.error().message);
  if (const auto migrated = (*store)->migrate(); !migrated) {
    throw std::runtime_error(migrated.error().message);
  }
  const auto demo_token = options.demo ? print_demo(**store) : std::string{};

  Metrics metrics{**store, std::chrono::seconds{options.metrics_interval}};
  Dialing dialing{**store, metrics};
  App app{.store = **store, .processor = dialing.processor()};
  Webhook webhook{.signature = WebhookSignature{secrets_of(options)},
                  .events = {**store, [&](std::span<const CallEvent> events) {
                               return dialing.processor().report(events);
                             }}};
  Router router = routes_of(app, metrics, webhook);
  if (!options.pages.empty()) add_static_routes(router, read_pages(options.pages));
  if (options.routes) {
    for (const auto& route : router.routes()) fmt::print("{} {}\n", route.method, route.path);
    return 0;
  }
  Gate gate{by_token(**store), in(**store), options.rate};
  LiveEvents events{**store, {.deletions = &app.deletions}};
  Server server{router, gate, events, options.server};
  fmt::print("listening at http://{}:{}\n", options.server.host, server.port());
  if (!options.pages.empty()) print_address(options.server.host, server.port(), demo_token);
  std::fflush(stdout);
  ending.wait();
  server.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(read_options(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "callqueue_rest_server: %s\n", error.what());
    return 1;
  }
}
