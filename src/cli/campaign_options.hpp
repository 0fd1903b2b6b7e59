#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "callqueue/models.hpp"

namespace callqueue::cli {

/// What a campaign is made of on the command line, for `campaign create` and `import`.
struct CampaignOptions {
  std::string user;
  std::string agent;
  CallCampaign campaign;  ///< Everything but the references.
};

/// Adds the options to a command. The caller says which are required.
///
/// A value that cannot be read (no date, no time, no duration) is a usage error.
std::shared_ptr<CampaignOptions> add_campaign_options(CLI::App* command);

/// `90`, `90s`, `15m`, `2h`, `30d`.
[[nodiscard]] std::chrono::seconds read_duration(const std::string& text);
/// `mon-fri 09:00-12:00,13:00-18:00`; several are added up.
void read_windows(const std::string& text, WeeklyWindows& windows);
[[nodiscard]] LocalDate read_date(const std::string& text);
[[nodiscard]] TimeOfDay read_time(const std::string& text);

}  // namespace callqueue::cli
