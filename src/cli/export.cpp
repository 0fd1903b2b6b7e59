#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <utility>

#include <fmt/core.h>

#include "callqueue/call_queue.hpp"
#include "callqueue/json.hpp"
#include "cli/command.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct ExportOptions {
  std::string user;
  std::string campaign;
  std::string output;
};

/// What a spreadsheet would run as a formula becomes plain text. A phone number is none, although
/// it begins with a plus sign.
bool is_formula(std::string_view text) {
  if (text.empty() || std::string_view("=+-@\t\r").find(text[0]) == std::string_view::npos) {
    return false;
  }
  const auto rest = text.substr(1);
  return text[0] != '+' || rest.empty() ||
         !std::all_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string cell(std::string_view text) {
  std::string safe(is_formula(text) ? "'" : "");
  safe += text;
  if (safe.find_first_of("\",\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string instant(const std::optional<Instant>& at) { return at ? short_text(at) : ""; }

/// A row's last attempt; none before the first, or once it is gone.
std::optional<Call> last_call(Store& store, const QueuedCall& row) {
  if (!row.call_id) return std::nullopt;
  auto call = store.find_call(row.user_id, *row.call_id);
  if (!call && call.error().code == ErrorCode::not_found) return std::nullopt;
  return value(std::move(call));
}

std::string csv_line(const QueuedCall& row, const std::optional<Call>& call) {
  const auto outcome = call && call->outcome ? to_text(*call->outcome) : std::string_view{};
  const auto duration =
      call && call->duration ? std::to_string(call->duration->count()) : std::string{};
  const std::string success = !row.success ? "" : *row.success ? "true" : "false";
  std::string line;
  for (const auto& text :
       {to_text(row.id), row.phone_number, row.contact_name, std::string(to_text(row.status)),
        success, std::string(outcome), std::to_string(row.attempts), instant(row.started_at),
        instant(row.completed_at), duration, row.failure_reason, row.user_data}) {
    line += (line.empty() ? "" : ",") + cell(text);
  }
  return line + "\r\n";
}

std::string json_item(const QueuedCall& row, const std::optional<Call>& call) {
  return "{\"queued\":" + to_json(row) + ",\"call\":" + (call ? to_json(*call) : "null") + "}";
}

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

int export_campaign(Context& context, const ExportOptions& options) {
  auto& store = context.store();
  const auto campaign = find_campaign(store, options.user, options.campaign);
  Output output(options.output);
  output.write(context.json ? "["
                            : "id,phone_number,contact_name,status,success,outcome,attempts,"
                              "started_at,completed_at,duration_seconds,failure_reason,user_data"
                              "\r\n");
  Page page{.limit = 1000, .cursor = {}};
  bool first = true;
  do {
    const auto part =
        value(CallQueue(store).find_by_campaign_id(campaign.user_id, campaign.id, page));
    for (const auto& row : part.items) {
      const auto call = last_call(store, row);
      if (context.json && !first) output.write(",");
      output.write(context.json ? json_item(row, call) : csv_line(row, call));
      first = false;
    }
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  if (context.json) output.write("]\n");
  output.finish();
  return 0;
}

}  // namespace

void add_export_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("export", "A campaign's results as CSV");
  auto options = std::make_shared<ExportOptions>();
  command->add_option("campaign,--campaign", options->campaign, "Id of the campaign")->required();
  command->add_option("--user", options->user, "Its user; none: looked for");
  command->add_option("--output,-o", options->output, "File to write; none: standard output");
  on(command, context, [&context, options] { return export_campaign(context, *options); });
}

}  // namespace callqueue::cli
