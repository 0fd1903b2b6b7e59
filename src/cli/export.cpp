#include <fstream>
#include <iostream>
#include <utility>

#include "callqueue/campaign_export.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"

namespace callqueue::cli {
namespace {

struct ExportOptions {
  std::string user;
  std::string campaign;
  std::string output;
  bool for_spreadsheet = false;
};

class Output {
 public:
  explicit Output(std::string name) : name_(std::move(name)) {
    if (name_.empty()) return;
    file_.open(name_, std::ios::binary | std::ios::trunc);
    if (!file_) throw Refused{"cannot write " + name_};
  }
  void write(std::string_view text) { name_.empty() ? std::cout << text : file_ << text; }
  void finish() {
    if (!name_.empty()) file_.close();
    if (!(name_.empty() ? static_cast<bool>(std::cout.flush()) : static_cast<bool>(file_))) {
      throw Refused{"cannot write " + (name_.empty() ? "standard output" : name_)};
    }
  }

 private:
  std::string name_;
  std::ofstream file_;
};

using Exported = decltype(&CampaignExport::results);

int export_campaign(Context& context, const ExportOptions& options, Exported what) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, options.user, options.campaign);
  Output output(options.output);
  const auto csv = options.for_spreadsheet ? ExportFormat::spreadsheet : ExportFormat::csv;
  auto rows =
      value(what(store, campaign.user_id, campaign.id, context.json ? ExportFormat::json : csv));
  for (bool more = true; more;) {
    std::string piece;
    more = value(rows.next(piece));
    output.write(piece);
  }
  output.finish();
  return 0;
}

void add_command(CLI::App* command, Context& context, Exported what) {
  auto options = std::make_shared<ExportOptions>();
  command->add_option("campaign,--campaign", options->campaign, "Id of the campaign")->required();
  command->add_option("--user", options->user, "Its user; none: looked for");
  command->add_option("--output,-o", options->output, "File to write; none: standard output");
  command->add_flag("--spreadsheet", options->for_spreadsheet,
                    "For people: local times, own columns, numbers that stay text");
  on(command, context,
     [&context, options, what] { return export_campaign(context, *options, what); });
}

}  // namespace

void add_export_command(CLI::App& app, Context& context) {
  add_command(app.add_subcommand("export", "A campaign's results as CSV"), context,
              &CampaignExport::results);
  add_command(app.get_subcommand("campaign")
                  ->add_subcommand("errors", "The rows that imports into it rejected, as CSV"),
              context, &CampaignExport::import_errors);
}

}  // namespace callqueue::cli
