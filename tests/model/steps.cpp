#include "model/steps.hpp"

#include <regex>

#include "model/agreement.hpp"

namespace callqueue::model {

using namespace std::chrono_literals;

Run::Run(std::unique_ptr<testing::SharedWorld> world) : world_(std::move(world)) {
  model_.now = world_->now();
  need("set_system_limit", store().set_system_limit(4));
  model_.set_system_limit(4);
}

std::map<std::string, int>& Run::coverage() {
  static std::map<std::string, int> done;
  return done;
}

const std::vector<Run::Entry>& Run::operations() {
  static const std::vector<Entry> table = {{"add_user", 3, &Run::add_user},
                                           {"limit_user", 2, &Run::limit_user},
                                           {"limit_system", 1, &Run::limit_system},
                                           {"add_campaign", 6, &Run::add_campaign},
                                           {"change_campaign", 2, &Run::change_campaign},
                                           {"move_campaign", 10, &Run::move_campaign},
                                           {"delete_campaign", 1, &Run::delete_campaign},
                                           {"add_rows", 10, &Run::add_rows},
                                           {"add_direct", 3, &Run::add_direct},
                                           {"cancel_row", 2, &Run::cancel_row},
                                           {"cancel_contact", 1, &Run::cancel_contact},
                                           {"delete_contact", 1, &Run::delete_contact},
                                           {"move_contact", 2, &Run::move_contact},
                                           {"claim", 18, &Run::claim},
                                           {"claim_only", 2, &Run::claim_only},
                                           {"finish_and_claim", 5, &Run::finish_and_claim},
                                           {"reserve", 2, &Run::reserve},
                                           {"begin_dial", 5, &Run::begin_dial},
                                           {"accept", 4, &Run::accept},
                                           {"renew", 1, &Run::renew},
                                           {"requeue", 1, &Run::requeue},
                                           {"report", 14, &Run::report},
                                           {"pass_time", 8, &Run::pass_time},
                                           {"advance", 2, &Run::advance_a_little},
                                           {"begin_import", 2, &Run::begin_import},
                                           {"stage_import", 3, &Run::stage_import},
                                           {"end_import", 2, &Run::end_import},
                                           {"crash", 2, &Run::crash}};
  return table;
}

void Run::take(const Step& step) {
  heard().clear();
  // The first steps of every run make somebody to call for.
  if (model_.users.empty()) {
    story_.emplace_back("add_user");
    add_user(step);
    return;
  }
  unsigned total = 0;
  for (const auto& entry : operations()) total += entry.weight;
  unsigned number = step.op % total;
  for (const auto& entry : operations()) {
    if (number >= entry.weight) {
      number -= entry.weight;
      continue;
    }
    story_.emplace_back(entry.name);
    if ((this->*entry.operation)(step)) ++coverage()[entry.name];
    break;
  }
  compare();
  forget_broken_stretches();
}

std::string Run::answers() {
  static const std::regex uuid{"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"};
  const auto& said = heard();
  std::string text;
  auto rest = said.begin();
  for (std::sregex_iterator it{said.begin(), said.end(), uuid}, end; it != end; ++it) {
    text.append(rest, (*it)[0].first);
    rest = (*it)[0].second;
    const auto number = names_.try_emplace(it->str(), names_.size() + 1).first->second;
    text += "#" + std::to_string(number);
  }
  return text.append(rest, said.end());
}

}  // namespace callqueue::model
