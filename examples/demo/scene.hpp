#pragma once

#include <string>
#include <vector>

#include "callqueue/csv_import.hpp"
#include "callqueue/store.hpp"

namespace callqueue::demo {

/// What went wrong, for a person; ends the demo.
struct Failed {
  std::string message;
};

template <class T>
T value(Result<T> result) {
  if (!result) throw Failed{result.error().message};
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// A campaign as it was set up, and what became of its file.
struct StagedCampaign {
  CallCampaign campaign;
  std::string file;
  CsvReport report;
};

/// Three users and their campaigns.
struct Scene {
  std::vector<User> users;
  std::vector<StagedCampaign> campaigns;
};

/// The most calls of all users at once.
constexpr int system_limit = 6;

/// When the demo begins: a Thursday before summer time begins in Europe.
[[nodiscard]] Instant opening();

/// Creates users, agents and campaigns in an empty database, imports the CSV files of `folder`, and
/// starts the campaigns.
[[nodiscard]] Scene set_up(Store& store, const std::string& folder);

}  // namespace callqueue::demo
