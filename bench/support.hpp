#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "callqueue.hpp"

namespace bench {

using namespace callqueue;

/// A figure of something that went wrong is none.
inline void must(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "benchmark: %s failed\n", what);
  std::exit(1);
}

/// A database of the server that CALLQUEUE_TEST_POSTGRES names.
inline std::string url_of(const std::string& database) {
  const char* server = std::getenv("CALLQUEUE_TEST_POSTGRES");
  must(server != nullptr, "finding CALLQUEUE_TEST_POSTGRES");
  std::string url = server;
  const auto name = url.rfind("/postgres?");
  must(name != std::string::npos, "reading CALLQUEUE_TEST_POSTGRES");
  return url.replace(name + 1, 8, database);
}

enum class Commits {
  two,  ///< Claim a batch, then report it answered.
  one   ///< Report the last batch answered and claim the next.
};

/// Claims batch after batch, and reports each answered.
class Turns {
 public:
  Turns(Store& store, int batch, Commits commits) : store_(store), commits_(commits) {
    request_.limit = batch;
  }
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;
  ~Turns() { must(store_.report_events(events_).has_value(), "report"); }

  /// @return how many calls were claimed.
  std::int64_t take() {
    if (commits_ == Commits::one) {
      events_ = answered(store_.finish_and_claim(events_, request_).value().claimed);
    } else {
      events_ = answered(store_.claim(request_).value());
      must(store_.report_events(events_).has_value(), "report");
    }
    return static_cast<std::int64_t>(events_.size());
  }

 private:
  static std::vector<CallEvent> answered(const std::vector<ClaimedCall>& claimed) {
    std::vector<CallEvent> events(claimed.size());
    for (std::size_t i = 0; i < claimed.size(); ++i) {
      events[i].user_id = claimed[i].call.user_id;
      events[i].call_id = claimed[i].call.id;
      events[i].status = CallStatus::completed;
    }
    return events;
  }

  Store& store_;
  Commits commits_;
  ClaimRequest request_;
  std::vector<CallEvent> events_;
};

}  // namespace bench
