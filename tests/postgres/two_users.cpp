#include "two_users.hpp"

#include <array>

namespace postgres_tests {

Belongings user_with_everything(Store& store, const std::string& name) {
  Belongings made;
  made.user_id = store.create_user({.name = name}).value().id;
  made.agent_id = store.create_agent({.user_id = made.user_id, .name = "Surveyor"}).value().id;
  CallCampaign spring{.user_id = made.user_id, .name = "Spring", .agent_id = made.agent_id};
  spring.start_date = std::chrono::year{2026} / 1 / 1;
  spring.first_call_time = 0h;
  spring.last_call_time = 24h;
  CallCampaigns campaigns{store};
  made.campaign_id = campaigns.create(spring).value().id;
  std::istringstream list{"name,phone_number\nAda,+14155550123\nEve,+14155550124\nNobody,12\n"};
  import_csv(store, made.user_id, made.campaign_id, list).value();
  campaigns.start(made.user_id, made.campaign_id).value();
  made.call_id = CallQueue{store}.claim({.limit = 1}).value().at(0).call.id;

  const auto import =
      store.begin_import({.user_id = made.user_id, .campaign_id = made.campaign_id, .atomic = true})
          .value();
  const std::array row{ImportRow{.phone_number = "+14155550125", .name = "Zoe"}};
  store.stage_import(made.user_id, import, row).value();
  return made;
}

std::unique_ptr<Store> TwoUsers::migrated() const {
  auto opened = open_store(database.url()).value();
  opened->migrate().value();
  return opened;
}

}  // namespace postgres_tests
