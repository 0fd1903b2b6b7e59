// One process of the crash hammer: does to a store whatever a host may do, as fast as it can, until
// it is killed or its standard input closes.
//
//   hammer_worker failpoints                            prints the names of all failpoints
//   hammer_worker setup URL ROWS                        makes the schema, users, campaigns and rows
//   hammer_worker add URL ROWS START                    queues more rows
//   hammer_worker work URL JOURNAL SEED NAME START MORE claims, dials and reports by hand
//   hammer_worker process URL JOURNAL SEED …            the same through a processor
//
// On a file START is the real instant (microseconds) at which virtual time began: it runs sixty
// times as fast, for all processes alike, so that leases lapse while one looks on. On a server its
// own clock decides, leases are short, and each process works in four threads. MORE is how many
// times a thread may queue more rows.
//
// Whoever dials writes `dialed` and the call's id to JOURNAL first: what the provider was asked,
// whatever the database says; whoever is about to lock a queued row, `touched` and the row's id.
//
// Prints one word a line: `empty` for a claim that came back empty although somebody had ready
// rows, `twice` and `disorder` for events told twice or not in their order, `late` for a
// cancellation that came too late, `away` when the database could not be reached, `error …` for
// what must never happen.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "callqueue/processor.hpp"
#include "ground.hpp"
#include "store/failpoint.hpp"

namespace {

using namespace hammer;
using namespace std::chrono_literals;

/// What was dialed, in a file that a killed process leaves complete.
class Journal {
 public:
  explicit Journal(const char* path) : file_(::open(path, O_WRONLY | O_CREAT | O_APPEND, 0644)) {
    if (file_ < 0) die("the journal cannot be opened");
  }
  void dialed(CallId id) { note("dialed " + to_text(id) + "\n"); }
  void touched(QueuedCallId id) { note("touched " + to_text(id) + "\n"); }

 private:
  void note(const std::string& line) const {
    if (write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      die("the journal cannot be written");
    }
  }

  int file_;
};

/// What a provider says of a call, in the wrong order and more often than needed.
std::vector<CallEvent> story_of(const Call& call, std::mt19937& random) {
  std::vector<CallEvent> events;
  const auto tell = [&](CallStatus status) {
    CallEvent event;
    event.user_id = call.user_id;
    event.call_id = call.id;
    event.status = status;
    events.push_back(event);
  };
  tell(CallStatus::ringing);
  tell(CallStatus::in_progress);
  constexpr std::array endings = {CallStatus::completed, CallStatus::completed,
                                  CallStatus::completed, CallStatus::busy,
                                  CallStatus::no_answer, CallStatus::failed};
  tell(endings[random() % endings.size()]);
  if (random() % 3 == 0) {
    events.push_back(events[random() % events.size()]);
    say("twice");
  }
  if (random() % 4 == 0) {
    std::shuffle(events.begin(), events.end(), random);
    say("disorder");
  }
  return events;
}

struct Task {
  unsigned seed;
  std::string name;
  int more;  ///< How many times it may queue more rows.
};

class Worker {
 public:
  Worker(Store& store, Journal& journal, const Ground& ground, const Task& task)
      : store_(store),
        journal_(journal),
        ground_(ground),
        random_(task.seed),
        name_(task.name),
        more_(task.more),
        system_limit_stands_until_(std::chrono::steady_clock::now() +
                                   ground.system_limit_stands * (random_() % 8) / 8) {
    users_ = must("list_users", store.list_users({.limit = 100})).items;
    for (const auto& user : users_) {
      const auto listed = must("list_campaigns", store.list_campaigns(user.id, {}, {.limit = 100}));
      campaigns_.insert(campaigns_.end(), listed.items.begin(), listed.items.end());
    }
  }

  void work() {
    until_over([this] {
      claim_and_dial();
      talk();
      cancel_seen();
      // Whoever leaves has meddled before: its last deed is not one that makes work for others.
      if (held_.empty() && is_over(5)) return true;
      if (one_in(ground_.on_server ? 4 : 12)) meddle();
      return false;
    });
  }

  void process();

 private:
  /// Goes on until `step` says that it is over, also after a time without database.
  template <class Step>
  void until_over(Step&& step) {
    while (true) {
      try {
        if (step()) return;
      } catch (const Away& away) {
        if (!ground_.on_server) die(away.why);
        say("away " + away.why);
        if (is_over(50)) return;
      }
    }
  }

  bool one_in(unsigned n) { return random_() % n == 0; }
  template <class T>
  const T& any_of(const std::vector<T>& all) {
    return all[random_() % all.size()];
  }

  /// Whether standard input was closed; waits so many milliseconds for it when nothing is to do.
  static bool is_over(int milliseconds) {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    char byte = 0;
    return poll(&input, 1, milliseconds) > 0 && read(STDIN_FILENO, &byte, 1) <= 0;
  }

  void claim_and_dial() {
    must("advance", store_.advance({.budget = 1 + static_cast<int>(random_() % 200)}));
    const auto limit = 1 + static_cast<int>(random_() % 4);
    const auto claimed =
        must("claim", store_.claim({.worker = name_, .limit = limit, .lease = ground_.lease}));
    was_busy_ = !claimed.empty();
    if (claimed.empty()) note_waiting_work();
    for (const auto& call : claimed) dial(call);
  }

  void note_waiting_work() {
    const auto& user = any_of(users_);
    if (must("queue_statistics", store_.queue_statistics(user.id)).ready > 0) say("empty");
    if (ground_.on_server) resume(user);
  }

  /// With so many campaigns chance alone would leave some paused for too long.
  void resume(const User& user) {
    const auto paused = must(
        "list_campaigns",
        store_.list_campaigns(user.id, {.statuses = {CampaignStatus::paused}}, {.limit = 100}));
    for (const auto& campaign : paused.items) {
      went_well("set_campaign_status",
                store_.set_campaign_status(user.id, campaign.id, CampaignStatus::paused,
                                           CampaignStatus::active));
    }
  }

  void dial(const ClaimedCall& claimed) {
    const CallRef ref{claimed.call.user_id, claimed.call.id};
    if (one_in(30)) return;  // Its lease will lapse.
    if (must("begin_dial", store_.begin_dial({&ref, 1}, name_)).empty()) return;
    if (one_in(20)) {
      went_well("requeue_call", store_.requeue_call(ref, "not placed"));
      return;
    }
    journal_.dialed(ref.call_id);
    if (one_in(30)) return;  // Nobody will ever know.
    must("accept_call", store_.accept_call(ref, "p-" + to_text(ref.call_id)));
    if (one_in(40)) return;  // No news will come: its deadline will pass.
    held_.push_back(claimed.call);
  }

  /// Tells the stories of some calls, now and then together with the next claim.
  void talk() {
    std::shuffle(held_.begin(), held_.end(), random_);
    auto some = held_.empty() ? 0 : 1 + random_() % held_.size();
    for (; some > 0; --some) {
      const auto events = story_of(held_.back(), random_);
      held_.pop_back();
      if (one_in(3)) {
        const auto both = must(
            "finish_and_claim",
            store_.finish_and_claim(events, {.worker = name_, .limit = 2, .lease = ground_.lease}));
        for (const auto& call : both.claimed) dial(call);
      } else {
        must("report_events", store_.report_events(events));
      }
      if (one_in(5)) must("report_events", store_.report_events(events));  // All of it again.
    }
  }

  void meddle() {
    const auto& user = any_of(users_);
    const auto& campaign = any_of(campaigns_);
    const auto flip = [&](CampaignStatus from, CampaignStatus to) {
      return went_well("set_campaign_status",
                       store_.set_campaign_status(campaign.user_id, campaign.id, from, to));
    };
    switch (random_() % (ground_.on_server ? 12 : 8)) {
      case 0: flip(CampaignStatus::active, CampaignStatus::paused); break;
      case 1:
      case 2: flip(CampaignStatus::paused, CampaignStatus::active); break;
      case 3: limit(user); break;
      case 4: change_system_limit(); break;
      case 5: one_in(2) ? cancel_one(user) : look_at_next(user); break;
      case 6: reserve(user); break;
      case 8:
        if (was_busy_ && --more_ >= 0) call_directly(user);
        break;
      case 9: look_at_next(user); break;
      case 10:
        // A long run's large ones would all be gone soon.
        if (campaign.total_contacts <= 50 || one_in(100)) {
          flip(CampaignStatus::active, CampaignStatus::cancelled);
        }
        break;
      default:
        // On a server, where so many do so, the work would never come to an end otherwise.
        if (was_busy_ || !ground_.on_server) import(campaign);
        break;
    }
  }

  void limit(const User& user) {
    std::optional<int> ceiling;
    if (one_in(2)) ceiling = ground_.system_limit - 4 + static_cast<int>(random_() % 5);
    must("set_user_limits",
         store_.set_user_limits(user.id, 1 + static_cast<int>(random_() % 4), ceiling));
  }

  /// Seldom enough that limits stand for a while: only then does the checker know who had room.
  void change_system_limit() {
    const auto now = std::chrono::steady_clock::now();
    if (now < system_limit_stands_until_) return;
    system_limit_stands_until_ = now + ground_.system_limit_stands;
    must("set_system_limit",
         store_.set_system_limit(ground_.system_limit - 3 + static_cast<int>(random_() % 5)));
  }

  void cancel_one(const User& user) {
    const auto queued = must(
        "list_queued_calls",
        store_.list_queued_calls(user.id, {.statuses = {QueuedCallStatus::queued}}, {.limit = 20}));
    if (!queued.items.empty()) cancel(user.id, any_of(queued.items).id);
  }

  /// Somebody sees the call that is to come next, and makes up its mind a little later.
  void look_at_next(const User& user) {
    if (const auto next = must("next_queued_call", store_.next_queued_call(user.id))) {
      seen_ = {user.id, next->id};
    }
  }
  void cancel_seen() {
    if (!seen_ || !one_in(3)) return;
    cancel(seen_->first, seen_->second);
    seen_.reset();
  }

  void cancel(UserId user_id, QueuedCallId id) {
    journal_.touched(id);
    if (!went_well("cancel_queued_call", store_.cancel_queued_call(user_id, id, "asked to"))) {
      say("late");
    }
  }

  void call_directly(const User& user) {
    const auto contacts = must("list_contacts", store_.list_contacts(user.id, {}, {.limit = 20}));
    const auto agents = must("list_agents", store_.list_agents(user.id, {.limit = 1}));
    if (contacts.items.empty()) return;
    NewQueuedCall call;
    call.contact_id = any_of(contacts.items).id;
    call.agent_id = agents.items.front().id;
    went_well("add_queued_calls", store_.add_queued_calls(user.id, {&call, 1}));
  }

  void reserve(const User& user) {
    const auto call = store_.reserve_slot(
        user.id, "+4940" + std::to_string(random_() % 50 + 1'000'000), ground_.deadline);
    if (went_well("reserve_slot", call)) held_.push_back(*call);
  }

  void import(const CallCampaign& campaign) {
    if (--more_ < 0) return;
    for (const auto& user : users_) {
      if (user.id != campaign.user_id) continue;
      if (ground_.on_server) {  // Where its campaigns are over soon.
        start_campaign(store_, user, campaign.agent_id, campaign.rules,
                       {.count = 3, .first = new_numbers(), .staged = one_in(2) ? 1s : 0s});
      } else {
        add_rows(store_, user, campaign, {.count = 3, .first = new_numbers()});
      }
    }
  }

  Store& store_;
  Journal& journal_;
  const Ground& ground_;
  std::mt19937 random_;
  std::string name_;
  std::vector<User> users_;
  std::vector<CallCampaign> campaigns_;
  std::vector<Call> held_;
  int more_;
  std::optional<std::pair<UserId, QueuedCallId>> seen_;  ///< To be cancelled.
  bool was_busy_ = false;  ///< Its last claim gave it something to do.
  std::chrono::steady_clock::time_point system_limit_stands_until_;
};

/// A provider that mostly accepts, and forgets nothing: what it is asked about, it never received.
class HammerDialer final : public Dialer {
 public:
  HammerDialer(Journal& journal, unsigned seed) : journal_(journal), random_(seed) {}

  DialResult dial(const ClaimedCall& call) override {
    journal_.dialed(call.call.id);
    if (random_() % 10 == 0) return DialResult::rejected("line busy");
    if (random_() % 10 == 0) return DialResult::uncertain("timed out");
    accepted.push_back(call.call);
    return DialResult::accepted("p-" + to_text(call.call.id));
  }

  std::vector<Call> accepted;

 private:
  Journal& journal_;
  std::mt19937 random_;
};

void Worker::process() {
  HammerDialer dialer{journal_, static_cast<unsigned>(random_())};
  Processor processor{store_, dialer, {.worker = name_, .batch = 3, .lease = ground_.lease}};
  until_over([&] {
    const auto done = must("step", processor.step());
    for (const auto& call : dialer.accepted) {
      must("report", processor.report(story_of(call, random_)));
    }
    dialer.accepted.clear();
    cancel_seen();
    was_busy_ = done.claimed > 0;
    if (is_over(was_busy_ ? 0 : 5)) return true;
    if (one_in(ground_.on_server ? 4 : 12)) meddle();
    for (const auto& call : held_) must("report", processor.report(story_of(call, random_)));
    held_.clear();
    return false;
  });
}

Instant instant_of(const char* text) {
  return Instant{std::chrono::microseconds{std::strtoll(text, nullptr, 10)}};
}

/// Works in as many threads as the ground has, on one store.
void work(const std::string& command, char** words) {
  const std::string url = words[0];
  const auto seed = static_cast<unsigned>(std::atoi(words[2]));
  const auto ground = ground_of(url);
  const auto store = open(url, instant_of(words[4]));
  Journal journal{words[1]};
  std::vector<std::jthread> threads;
  for (int i = 0; i < ground.threads; ++i) {
    threads.emplace_back([&, i] {
      try {
        Worker worker{*store,
                      journal,
                      ground,
                      {.seed = seed + static_cast<unsigned>(i),
                       .name = words[3] + std::string{"-"} + std::to_string(i),
                       .more = std::atoi(words[5])}};
        if (command == "work") {
          worker.work();
        } else {
          worker.process();
        }
      } catch (const Away& away) {
        say("away " + away.why);
      }
    });
  }
}

/// @return whether the words were understood.
bool run(int count, char** words) {
  const std::string command = count > 1 ? words[1] : "";
  if (command == "failpoints") {
    for (const auto name : failpoint_names) std::cout << name << "\n";
  } else if (command == "setup" && count == 4) {
    const auto start = SystemClock{}.now();
    set_up(*open(words[2], start), ground_of(words[2]), std::atoi(words[3]));
    std::cout << start.time_since_epoch().count() << "\n";
  } else if (command == "add" && count == 5) {
    add_everywhere(*open(words[2], instant_of(words[4])), ground_of(words[2]), std::atoi(words[3]));
  } else if ((command == "work" || command == "process") && count == 8) {
    work(command, words + 2);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int count, char** words) {
  try {
    if (run(count, words)) return 0;
  } catch (const Away& away) {
    // Not an error of the library: whoever started this may start it again.
    std::cerr << away.why << "\n";
    return 4;
  }
  std::cerr << "see the head of hammer_worker.cpp\n";
  return 2;
}
