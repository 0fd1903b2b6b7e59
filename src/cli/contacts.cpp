#include <fmt/core.h>

#include "callqueue/csv_import.hpp"
#include "callqueue/json.hpp"
#include "cli/command.hpp"
#include "cli/csv_file.hpp"
#include "cli/find.hpp"
#include "cli/output.hpp"

namespace callqueue::cli {
namespace {

struct ListOptions {
  std::string user;
  ContactFilter filter;
  std::size_t limit = 0;
};

int import(Context& context, const std::string& user, const CsvFileOptions& options) {
  CsvFile file(options);
  auto& store = context.store();
  const auto user_id = find_user(store, user).id;
  auto how = options.import;
  how.errors = file.errors();
  how.progress = file.progress();
  const auto report = value(import_contacts_csv(store, user_id, file.rows(), how));
  if (context.json) {
    print_line(to_json(report));
  } else {
    describe(report);
  }
  file.finish();
  refuse_if_taken_back(how, report);
  return 0;
}

int list(Context& context, const ListOptions& options) {
  auto& store = context.store();
  const auto user_id = find_user(store, options.user).id;
  const auto contacts = all_pages<Contact>(
      [&](const Page& page) { return store.list_contacts(user_id, options.filter, page); },
      options.limit);
  if (context.json) {
    print_line(to_json(contacts));
    return 0;
  }
  Table table({"ID", "PHONE NUMBER", "NAME", "COMPANY", "TIME ZONE"});
  for (const auto& contact : contacts) {
    table.add({to_text(contact.id), contact.phone_number, contact.name, contact.company,
               contact.timezone});
  }
  table.print();
  return 0;
}

}  // namespace

void add_contact_commands(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("contact", "People to call")->require_subcommand(1);

  auto* import_command =
      group->add_subcommand("import", "Create contacts from a CSV file, without calling them");
  auto user = std::make_shared<std::string>();
  auto csv = std::make_shared<CsvFileOptions>();
  add_csv_file_options(import_command, *csv);
  import_command->add_option("--user", *user, "Id or e-mail address")->required();
  on(import_command, context, [&context, user, csv] { return import(context, *user, *csv); });

  auto* list_command = group->add_subcommand("list", "A user's contacts");
  auto options = std::make_shared<ListOptions>();
  list_command->add_option("--user", options->user, "Id or e-mail address")->required();
  list_command->add_option("--search", options->filter.search, "Part of name or phone number");
  add_list_limit(list_command, options->limit, "Most to list");
  on(list_command, context, [&context, options] { return list(context, *options); });
}

}  // namespace callqueue::cli
