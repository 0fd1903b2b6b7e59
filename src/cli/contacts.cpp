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

struct ContactListOptions {
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
  const auto report = report_of(import_contacts_csv(store, user_id, file.rows(), how));
  if (context.json) {
    print_line(to_json(report));
  } else {
    describe(report);
  }
  file.finish();
  refuse_if_taken_back(how, report);
  return 0;
}

struct UpdateOptions {
  std::string user;
  std::string contact;  ///< Id or phone number.
  std::optional<std::string> name;
  std::optional<std::string> email;
  std::optional<std::string> company;
  std::optional<std::string> notes;
  std::optional<std::string> timezone;
};

Contact find_contact(Store& store, UserId user_id, const std::string& text) {
  if (const auto id = parse_id<ContactId>(text)) return value(store.find_contact(user_id, *id));
  return value(store.find_contact_by_phone(user_id, text));
}

int update(Context& context, const UpdateOptions& options) {
  auto& store = context.store();
  auto contact = find_contact(store, find_user(store, options.user).id, options.contact);
  const auto set = [](std::string& field, const std::optional<std::string>& wanted) {
    if (wanted) field = *wanted;
  };
  set(contact.name, options.name);
  set(contact.email, options.email);
  set(contact.company, options.company);
  set(contact.notes, options.notes);
  set(contact.timezone, options.timezone);
  value(validate(contact));
  contact = value(store.update_contact(contact));
  print_line(context.json ? to_json(contact) : to_text(contact.id));
  return 0;
}

int list_contacts(Context& context, const ContactListOptions& options) {
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

  auto* update_command = group->add_subcommand(
      "update", "Change what is known of a contact; its queued calls follow its time zone");
  auto changes = std::make_shared<UpdateOptions>();
  update_command->add_option("contact", changes->contact, "Id, or phone number as stored")
      ->required();
  update_command->add_option("--user", changes->user, "Id or e-mail address")->required();
  update_command->add_option("--name", changes->name, "Name");
  update_command->add_option("--email", changes->email, "E-mail address");
  update_command->add_option("--company", changes->company, "Company");
  update_command->add_option("--notes", changes->notes, "Notes");
  update_command->add_option("--timezone", changes->timezone, "IANA name; empty: the campaign's");
  on(update_command, context, [&context, changes] { return update(context, *changes); });

  auto* list_command = group->add_subcommand("list", "A user's contacts");
  auto options = std::make_shared<ContactListOptions>();
  list_command->add_option("--user", options->user, "Id or e-mail address")->required();
  list_command->add_option("--search", options->filter.search, "Part of name or phone number");
  add_list_limit(list_command, options->limit, "Most to list");
  on(list_command, context, [&context, options] { return list_contacts(context, *options); });
}

}  // namespace callqueue::cli
