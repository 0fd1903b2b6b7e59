#include <limits>
#include <set>

#include <fmt/core.h>

#include "callqueue/csv_import.hpp"
#include "callqueue/json.hpp"
#include "callqueue/validate.hpp"
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

Contact contact(UserId user_id, const ImportRow& row) {
  return {.user_id = user_id,
          .name = row.name,
          .phone_number = row.phone_number,
          .email = row.email,
          .company = row.company,
          .notes = row.notes,
          .timezone = row.timezone};
}

/// The preview's report counts what cannot be read; this adds what became of the rest.
void store_rows(Store& store, UserId user_id, CsvPreview& preview) {
  auto& report = preview.report;
  report.imported = report.matched = report.skipped = 0;
  std::set<std::string> seen;
  for (const auto& row : preview.rows) {
    if (!seen.insert(row.phone_number).second) {
      ++report.skipped;
      continue;
    }
    const auto wanted = contact(user_id, row);
    value(validate(wanted));
    const auto created = store.create_contact(wanted);
    if (!created && created.error().code != ErrorCode::conflict) {
      throw Refused{created.error().message};
    }
    ++report.imported;
    if (!created) ++report.matched;  // Known already; not overwritten.
  }
}

int import(Context& context, const std::string& user, const CsvFileOptions& options) {
  CsvFile file(options);
  auto& store = context.store();
  const auto user_id = find_user(store, user).id;
  auto how = options.import;
  how.errors = file.errors();
  how.progress = file.progress();
  auto preview = value(preview_csv(file.rows(), how, std::numeric_limits<std::size_t>::max()));
  store_rows(store, user_id, preview);
  file.finish();
  if (context.json) {
    print_line(to_json(preview.report));
  } else {
    describe(preview.report);
  }
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
  list_command->add_option("--limit", options->limit, "Most to list");
  on(list_command, context, [&context, options] { return list(context, *options); });
}

}  // namespace callqueue::cli
