#include <callqueue.hpp>
#include <iostream>
#include <sstream>

int main() {
  const auto store = callqueue::open_store("sqlite::memory:").value();
  store->migrate().value();
  const auto ann = store->create_user({.name = "Ann"}).value().id;
  const auto agent = store->create_agent({.user_id = ann, .name = "Surveyor"}).value().id;
  callqueue::CallCampaign spring{.user_id = ann, .name = "Spring", .agent_id = agent};
  spring.start_date = std::chrono::year{2026} / 1 / 1;
  spring.first_call_time = std::chrono::hours{0};
  spring.last_call_time = std::chrono::hours{24};
  callqueue::CallCampaigns campaigns{*store};
  spring = campaigns.create(spring).value();
  std::istringstream list{"name,phone_number\nAda,+14155550123\n"};
  callqueue::import_csv(*store, ann, spring.id, list).value();
  campaigns.start(ann, spring.id).value();
  const auto claimed = callqueue::CallQueue{*store}.claim({.limit = 2}).value();
  for (const auto& next : claimed) std::cout << "calling " << next.queued.contact_name << '\n';
}
