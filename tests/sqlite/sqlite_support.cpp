#include "sqlite_support.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>

namespace sqlite_tests {

using namespace callqueue;

TemporaryFile::TemporaryFile() {
  static std::atomic<int> count = 0;
  // Hundreds of databases: none needs a disk, and none may wait for one.
  const std::filesystem::path memory{"/dev/shm"};
  folder_ = (access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path()) /
            ("callqueue-sqlite-" + std::to_string(getpid()) + "-" + std::to_string(++count));
  std::filesystem::create_directories(folder_);
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

bool ForeignSql::refuses(const std::string& sql) {
  try {
    run(sql);
    return false;
  } catch (const Failure&) {
    return true;
  }
}

std::vector<std::string> ForeignSql::rows(const std::string& sql) {
  std::vector<std::string> rows;
  const auto collect = [](void* into, int count, char** values, char**) {
    std::string row;
    for (int i = 0; i < count; ++i) {
      if (i > 0) row += '|';
      if (values[i] != nullptr) row += values[i];
    }
    static_cast<std::vector<std::string>*>(into)->push_back(std::move(row));
    return 0;
  };
  if (sqlite3_exec(database_.native(), sql.c_str(), collect, &rows, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database_.native()));
  }
  return rows;
}

std::string ForeignSql::value(const std::string& sql) {
  const auto all = rows(sql);
  return all.empty() ? "" : all.front();
}

namespace {

StoreOptions options(std::shared_ptr<const Clock> clock) {
  return {.clock = std::move(clock),
          .uuids = std::make_shared<UuidSource>(7),
          .durability = StoreOptions::Durability::normal};
}

}  // namespace

World::World(std::shared_ptr<const Clock> clock)
    : clock_(std::make_shared<ManualClock>(noon())),
      injected_(clock ? std::move(clock) : clock_),
      store_(must(open_store(file_.url(), options(injected_)))),
      sql_(file_.path()) {
  must(store_->migrate());
}

std::unique_ptr<Store> World::another() {
  auto other = options(injected_);
  other.uuids = nullptr;
  return must(open_store(file_.url(), other));
}

UserId World::user(int limit, const std::string& timezone) {
  return must(store_->create_user({.id = {},
                                   .name = "user",
                                   .email = "",
                                   .timezone = timezone,
                                   .concurrent_calls_limit = limit}))
      .id;
}

AgentId World::agent(UserId user_id) {
  return must(store_->create_agent({.id = {}, .user_id = user_id, .name = "agent"})).id;
}

ContactId World::contact(UserId user_id, const std::string& timezone) {
  return must(
             store_->create_contact({.id = {},
                                     .user_id = user_id,
                                     .name = "contact",
                                     .phone_number = "+1415555" + std::to_string(1000 + ++numbers_),
                                     .email = "",
                                     .company = "",
                                     .notes = "",
                                     .timezone = timezone}))
      .id;
}

CampaignId World::campaign(UserId user_id) {
  CallCampaign campaign;
  campaign.user_id = user_id;
  campaign.name = "campaign";
  campaign.agent_id = agent(user_id);
  campaign.first_call_time = 0h;
  campaign.last_call_time = 24h;
  campaign.start_date = parse_local_date("2026-03-01").value();
  return must(store_->create_campaign(campaign)).id;
}

QueuedCall World::queue(UserId user_id, CampaignId campaign_id) {
  NewQueuedCall call;
  call.contact_id = contact(user_id);
  call.campaign_id = campaign_id;
  return must(store_->add_queued_calls(user_id, {&call, 1})).front();
}

void World::queue(UserId user_id, CampaignId campaign_id, int rows) {
  for (int i = 0; i < rows; ++i) queue(user_id, campaign_id);
}

void World::set_status(UserId user_id, CampaignId id, CampaignStatus to) {
  const auto from = must(store_->find_campaign(user_id, id)).status;
  must(store_->set_campaign_status(user_id, id, from, to));
}

CampaignId World::active_campaign(UserId user_id, int rows) {
  const auto id = campaign(user_id);
  queue(user_id, id, rows);
  set_status(user_id, id, CampaignStatus::active);
  advance();
  return id;
}

void World::advance() {
  while (must(store_->advance()).more) {
  }
}

std::vector<ClaimedCall> World::claim(int limit) {
  ClaimRequest request;
  request.limit = limit;
  return must(store_->claim(request));
}

void World::finish(const ClaimedCall& claimed, CallStatus status) {
  CallEvent event;
  event.user_id = claimed.call.user_id;
  event.call_id = claimed.call.id;
  event.status = status;
  must(must(store_->report_events({&event, 1})).front());
}

}  // namespace sqlite_tests
