#include <algorithm>

#include <fmt/core.h>

#include "callqueue/call_campaigns.hpp"
#include "callqueue/csv_import.hpp"
#include "callqueue/json.hpp"
#include "cli/campaign_options.hpp"
#include "cli/command.hpp"
#include "cli/csv_file.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct ImportOptions {
  std::shared_ptr<CampaignOptions> campaign;
  std::string existing;  ///< Id of a campaign to add to, instead of a new one.
  CsvFileOptions csv;
  bool start = false;
};

/// A campaign that goes away again unless it is kept.
class Draft {
 public:
  Draft(Store& store, const ImportOptions& options) : store_(store) {
    const auto& wanted = *options.campaign;
    if (!options.existing.empty()) {
      campaign_ = find_campaign(store, wanted.user, options.existing);
      return;
    }
    campaign_ = wanted.campaign;
    campaign_.user_id = find_user(store, wanted.user).id;
    campaign_.agent_id = find_agent(store, campaign_.user_id, wanted.agent).id;
    campaign_ = value(CallCampaigns(store).create(campaign_));
    is_new_ = true;
  }
  ~Draft() {
    if (is_new_ && !kept_) {
      static_cast<void>(store_.delete_campaign(campaign_.user_id, campaign_.id));
    }
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  [[nodiscard]] const CallCampaign& campaign() const { return campaign_; }
  void keep() { kept_ = true; }
  [[nodiscard]] bool goes_away() const { return is_new_ && !kept_; }

 private:
  Store& store_;
  CallCampaign campaign_;
  bool is_new_ = false;
  bool kept_ = false;
};

/// A new campaign needs what `campaign create` needs.
void check_usage(const ImportOptions& options) {
  if (!options.existing.empty()) return;
  const auto& wanted = *options.campaign;
  const auto require = [](bool given, const char* name) {
    if (!given) throw CLI::RequiredError(std::string(name) + " (or --campaign ID)");
  };
  require(!wanted.user.empty(), "--user");
  require(!wanted.agent.empty(), "--agent");
  require(!wanted.campaign.name.empty(), "--name");
  require(wanted.campaign.start_date.ok(), "--start-date");
}

void print(const Context& context, const CsvReport& report) {
  if (context.json) {
    print_line(to_json(report));
  } else {
    describe(report);
    if (!report.campaign_id.is_nil()) print_line(to_text(report.campaign_id));
  }
}

int import(Context& context, const ImportOptions& options) {
  check_usage(options);
  CsvFile file(options.csv);
  auto& store = context.store();
  Draft draft(store, options);

  auto how = options.csv.import;
  how.errors = file.errors();
  how.progress = file.progress();
  auto report =
      report_of(import_csv(store, draft.campaign().user_id, draft.campaign().id, file.rows(), how));
  const bool refused = how.atomic && report.failed > 0;
  if (!refused) draft.keep();
  if (draft.goes_away()) report.campaign_id = {};
  print(context, report);
  file.finish();
  refuse_if_taken_back(how, report);
  if (options.start) {
    value(CallCampaigns(store).start(draft.campaign().user_id, draft.campaign().id));
  }
  return 0;
}

}  // namespace

void add_import_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "import", "Create a campaign from a CSV file (docs/csv.md); prints its id");
  auto options = std::make_shared<ImportOptions>();
  add_csv_file_options(command, options->csv);
  const auto before = command->get_options();
  options->campaign = add_campaign_options(command);
  const auto with_campaign = command->get_options();
  auto* existing = command->add_option("--campaign", options->existing,
                                       "Add to this campaign instead of a new one");
  // What is to be a new campaign's would be ignored.
  for (auto* option : with_campaign) {
    const bool is_campaigns = std::find(before.begin(), before.end(), option) == before.end();
    if (is_campaigns && option != command->get_option("--user")) existing->excludes(option);
  }
  command->add_flag("--again", options->csv.import.again,
                    "Queue contacts again whose call in the campaign is done");
  command->add_flag("--start", options->start, "Start the campaign at once");
  on(command, context, [&context, options] { return import(context, *options); });
}

}  // namespace callqueue::cli
