#include <unistd.h>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "callqueue.hpp"
#include "csv/csv_support.hpp"

using namespace csv_tests;

namespace {

/// A user with an agent and a campaign on a real store, in memory and in a file.
class Office {
 public:
  explicit Office(std::string url) : store(open_store(url, {.clock = clock}).value()) {
    (void)store->migrate().value();
    user = store->create_user({.name = "Ann"}).value().id;
    agent = store->create_agent({.user_id = user, .name = "Voice"}).value().id;
    campaign = new_campaign();
  }

  CampaignId new_campaign() {
    return CallCampaigns{*store}
        .create({.user_id = user,
                 .name = "Spring",
                 .agent_id = agent,
                 .start_date = parse_local_date("2026-03-02").value()})
        .value()
        .id;
  }
  Result<CsvReport> import(const std::string& text, const CsvImportOptions& options = {}) {
    std::istringstream file{text};
    return import_csv(*store, user, campaign, file, options);
  }
  /// The campaign's rows in the order in which they are dialed.
  std::vector<QueuedCall> rows() {
    return CallQueue{*store}.find_by_campaign_id(user, campaign, {.limit = 1000}).value().items;
  }
  std::vector<Contact> contacts() {
    return store->list_contacts(user, {}, {.limit = 1000}).value().items;
  }
  Contact contact(std::string_view number) {
    return store->find_contact_by_phone(user, number).value();
  }

  std::shared_ptr<ManualClock> clock =
      std::make_shared<ManualClock>(parse_instant("2026-03-02T10:00:00Z").value());
  std::unique_ptr<Store> store;
  UserId user;
  AgentId agent;
  CampaignId campaign;
};

struct InMemory {
  Office office{"sqlite::memory:"};
};

struct InFile {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("callqueue_csv_" + std::to_string(::getpid()));
  InFile() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    office = std::make_unique<Office>("sqlite:" + (folder / "test.db").string());
  }
  ~InFile() {
    office.reset();
    std::filesystem::remove_all(folder);
  }
  std::unique_ptr<Office> office;
};

std::string numbers(int count) {
  std::string text = "phone_number,name\n";
  for (int i = 0; i < count; ++i) text += "+4930" + std::to_string(1'000'000 + i) + ",Ann\n";
  return text;
}

const std::string mixed =
    "phone_number,name,email,city\n"
    "+493012345678,Ann,ann@example.com,Berlin\n"  // 2
    "9.19E+11,Bob,,\n"                            // 3: damaged
    "+49 30 1234-5678,Ann again,,\n"              // 4: duplicate of 2
    "+493012345679,\"Cid\n(mornings)\",,\n"       // 5 and 6
    "+493012345670,Dan,dan@,\n"                   // 7: bad e-mail
    "+493012345671,Eve,,\"Köln\"\n";              // 8

}  // namespace

BOOST_FIXTURE_TEST_SUITE(in_memory, InMemory)

BOOST_AUTO_TEST_CASE(the_good_rows_are_queued_and_the_others_reported_in_file_order) {
  const auto report = office.import(mixed).value();

  BOOST_TEST((report.campaign_id == office.campaign));
  BOOST_TEST(report.total == 6);
  BOOST_TEST(report.imported == 3);
  BOOST_TEST(report.matched == 0);
  BOOST_TEST(report.skipped == 1);
  BOOST_TEST(report.failed == 2);
  BOOST_TEST(report.errors_total == 3);
  BOOST_REQUIRE(report.errors.size() == 3u);
  BOOST_TEST(report.errors[0].line == 3);
  BOOST_TEST(report.errors[0].value == "9.19E+11");
  BOOST_TEST(report.errors[1].line == 4);
  BOOST_TEST(report.errors[1].field == "phone_number");
  BOOST_TEST(report.errors[1].value == "+49 30 1234-5678");
  BOOST_TEST(report.errors[1].reason == "An earlier row of this file has the same number.");
  BOOST_TEST(report.errors[2].line == 7);
  BOOST_TEST(report.errors[2].field == "email");

  const auto rows = office.rows();
  BOOST_REQUIRE(rows.size() == 3u);
  BOOST_TEST(rows[0].phone_number == "+493012345678");
  BOOST_TEST(rows[0].contact_name == "Ann");
  BOOST_TEST(rows[0].user_data == R"({"city":"Berlin"})");
  BOOST_TEST(rows[0].priority == 100);
  BOOST_TEST(rows[1].contact_name == "Cid\n(mornings)");
  BOOST_TEST(rows[2].user_data == R"({"city":"Köln"})");
  BOOST_TEST(office.contacts().size() == 3u);
  BOOST_TEST(office.contact("+493012345678").email == "ann@example.com");
  BOOST_TEST(office.store->find_campaign(office.user, office.campaign).value().total_contacts == 3);
}

BOOST_AUTO_TEST_CASE(an_atomic_import_with_a_failed_row_leaves_nothing) {
  CsvImportOptions options;
  options.atomic = true;
  const auto report = office.import(mixed, options).value();
  BOOST_TEST(report.total == 6);
  BOOST_TEST(report.imported == 0);
  BOOST_TEST(report.failed == 2);
  BOOST_TEST(report.errors_total == 3);
  BOOST_TEST(office.rows().empty());
  BOOST_TEST(office.contacts().empty());
  BOOST_TEST(office.store->verify().value().ok());
}

BOOST_AUTO_TEST_CASE(an_atomic_import_whose_rows_are_only_skipped_goes_through) {
  CsvImportOptions options;
  options.atomic = true;
  const auto report =
      office.import("phone_number\n+493012345678\n+493012345678\n", options).value();
  BOOST_TEST(report.imported == 1);
  BOOST_TEST(report.skipped == 1);
  BOOST_TEST(office.rows().size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_existing_contact_is_matched_and_not_overwritten) {
  (void)office.store
      ->create_contact({.user_id = office.user,
                        .name = "Annemarie",
                        .phone_number = "+493012345678",
                        .email = "known@example.com"})
      .value();
  const auto report = office.import(
      "phone_number,name,email\n+493012345678,Ann,new@example.com\n+493012345679,Bob,\n");
  BOOST_TEST(report.value().imported == 2);
  BOOST_TEST(report.value().matched == 1);
  BOOST_TEST(report.value().errors_total == 0);
  BOOST_TEST(office.contact("+493012345678").name == "Annemarie");
  BOOST_TEST(office.contact("+493012345678").email == "known@example.com");
  BOOST_TEST(office.rows().at(0).contact_name == "Ann");  // The row's name is the file's.
}

BOOST_AUTO_TEST_CASE(a_row_without_a_name_takes_the_contacts_and_its_priority) {
  (void)office.store
      ->create_contact(
          {.user_id = office.user, .name = "Annemarie", .phone_number = "+493012345678"})
      .value();
  (void)office.import("phone_number,name,priority\n+493012345678,,7\n+493012345679,,7\n").value();
  const auto rows = office.rows();
  BOOST_REQUIRE(rows.size() == 2u);
  BOOST_TEST(rows[0].contact_name == "Annemarie");
  BOOST_TEST(rows[0].priority == 107);
  BOOST_TEST(rows[1].contact_name == "");
  BOOST_TEST(rows[1].priority == 7);
}

BOOST_AUTO_TEST_CASE(a_contact_with_a_row_in_the_campaign_is_skipped) {
  (void)office.import(numbers(3)).value();
  const auto report = office.import(numbers(5)).value();
  BOOST_TEST(report.imported == 2);
  BOOST_TEST(report.skipped == 3);
  BOOST_TEST(report.errors.at(0).reason ==
             "The contact with this number is already in the campaign.");
  BOOST_TEST(office.rows().size() == 5u);

  office.campaign = office.new_campaign();  // In another campaign they are welcome.
  BOOST_TEST(office.import(numbers(5)).value().matched == 5);
}

BOOST_AUTO_TEST_CASE(again_queues_contacts_once_more_whose_rows_are_final) {
  (void)office.import(numbers(3)).value();
  const auto rows = office.rows();
  (void)CallQueue{*office.store}.cancel(office.user, rows.at(0).id).value();
  BOOST_TEST(office.import(numbers(3)).value().skipped == 3);
  CsvImportOptions options;
  options.again = true;
  const auto report = office.import(numbers(3), options).value();
  BOOST_TEST(report.imported == 1);
  BOOST_TEST(report.matched == 1);
  BOOST_TEST(report.skipped == 2);
}

BOOST_AUTO_TEST_CASE(progress_can_stop_an_import_which_is_then_taken_back) {
  CsvImportOptions options;
  std::int64_t seen = 0;
  options.progress = [&](std::int64_t rows) {
    seen = rows;
    return false;
  };
  const auto report = office.import(numbers(5000), options);
  BOOST_REQUIRE(!report);
  BOOST_TEST((report.error().code == ErrorCode::conflict));
  BOOST_TEST(report.error().field == "progress");
  BOOST_TEST(seen > 0);
  BOOST_TEST(office.rows().empty());
  BOOST_TEST(office.import(numbers(2)).value().imported == 2);  // And the next one may run.
}

BOOST_AUTO_TEST_CASE(progress_is_told_the_last_row) {
  CsvImportOptions options;
  std::int64_t seen = 0;
  options.progress = [&](std::int64_t rows) {
    BOOST_TEST(rows >= seen);
    seen = rows;
    return true;
  };
  (void)office.import(numbers(2345), options).value();
  BOOST_TEST(seen == 2345);
}

BOOST_AUTO_TEST_CASE(a_callback_that_throws_takes_the_import_back_and_nothing_comes_out) {
  CsvImportOptions options;
  options.progress = [](std::int64_t) -> bool { throw std::runtime_error{"no more"}; };
  const auto report = office.import(numbers(3), options);
  BOOST_REQUIRE(!report);
  BOOST_TEST((report.error().code == ErrorCode::internal));
  BOOST_TEST(office.rows().empty());
}

BOOST_AUTO_TEST_CASE(a_final_campaign_takes_no_contacts) {
  (void)CallCampaigns{*office.store}.cancel(office.user, office.campaign).value();
  const auto report = office.import(numbers(1));
  BOOST_REQUIRE(!report);
  BOOST_TEST((report.error().code == ErrorCode::conflict));
  BOOST_TEST(report.error().field == "campaign_id");
  BOOST_TEST(office.contacts().empty());
}

BOOST_AUTO_TEST_CASE(a_campaign_of_another_user_is_not_found) {
  const auto other = office.store->create_user({.name = "Bob"}).value().id;
  std::istringstream file{numbers(1)};
  const auto report = import_csv(*office.store, other, office.campaign, file);
  BOOST_REQUIRE(!report);
  BOOST_TEST((report.error().code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(an_unusable_file_changes_nothing) {
  BOOST_TEST(office.import("name\nAnn\n").error().field == "phone_number");
  BOOST_TEST(office.import("PK\x03\x04").error().field == "file");
  std::ifstream missing{"/nowhere/at/all.csv"};
  const auto report = import_csv(*office.store, office.user, office.campaign, missing);
  BOOST_REQUIRE(!report);
  BOOST_TEST((report.error().code == ErrorCode::unavailable));
  BOOST_TEST(office.import(numbers(1)).value().imported == 1);
}

BOOST_AUTO_TEST_CASE(a_preview_says_what_the_import_then_does) {
  const std::string text =
      "phone_number,name\n+493012345670,Ann\n+49 30 12345671,Bob\n12,Nobody\n"
      "0049 30 12345670,Ann again\n+493012345672,Cy\n+493012345671,Bob again\n";
  const auto foreseen = [&](const CsvImportOptions& options = {}) {
    std::istringstream file{text};
    return preview_csv(*office.store, office.user, office.campaign, file, options).value().report;
  };
  const auto same = [](const CsvReport& a, const CsvReport& b) {
    BOOST_TEST(a.total == b.total);
    BOOST_TEST(a.imported == b.imported);
    BOOST_TEST(a.skipped == b.skipped);
    BOOST_TEST(a.failed == b.failed);
    BOOST_TEST(a.errors_total == b.errors_total);
    BOOST_TEST_REQUIRE(a.errors.size() == b.errors.size());
    for (std::size_t i = 0; i < a.errors.size(); ++i) {
      BOOST_TEST(a.errors[i].line == b.errors[i].line);
      BOOST_TEST(a.errors[i].value == b.errors[i].value);
    }
  };
  std::istringstream alone{text};
  const auto without_campaign = preview_csv(alone).value().report;
  BOOST_TEST(without_campaign.skipped == 2);
  BOOST_TEST(without_campaign.errors.at(1).line == 5);
  auto before = foreseen();
  BOOST_TEST(before.imported == 3);
  same(before, office.import(text).value());
  before = foreseen();
  BOOST_TEST(before.skipped == 5);
  same(before, office.import(text).value());
  // Once more those whose call is done.
  (void)CallCampaigns{*office.store}.start(office.user, office.campaign).value();
  (void)office.store->cancel_queued_call(office.user, office.rows().at(0).id, "x").value();
  before = foreseen({.again = true});
  BOOST_TEST(before.imported == 1);
  same(before, office.import(text, {.again = true}).value());
  BOOST_TEST((preview_csv(*office.store, office.user, CampaignId{}, alone).error().code ==
              ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(all_errors_go_to_the_stream_in_file_order) {
  std::string text = "phone_number\n";
  for (int i = 0; i < 4000; ++i) {
    text += i % 3 == 0 ? "bad\n" : "+4930" + std::to_string(1'000'000 + i % 1500) + "\n";
  }
  std::ostringstream errors;
  CsvImportOptions options;
  options.errors = &errors;
  const auto report = office.import(text, options).value();

  BOOST_TEST(report.total == 4000);
  BOOST_TEST(report.imported + report.skipped + report.failed == report.total);
  BOOST_TEST(report.imported == 1000);
  BOOST_TEST(report.errors.size() == 1000u);
  const auto written = read_all(errors.str());
  BOOST_REQUIRE(static_cast<std::int64_t>(written.size()) == report.errors_total + 1);
  std::int64_t line = 1;
  for (std::size_t i = 1; i < written.size(); ++i) {
    const auto at = std::stoll(written[i].fields[0]);
    BOOST_REQUIRE(at > line);
    line = at;
    if (i <= 1000) BOOST_REQUIRE(report.errors[i - 1].line == at);
  }
}

BOOST_AUTO_TEST_CASE(errors_that_cannot_be_written_take_the_import_back) {
  std::ostream full{nullptr};
  CsvImportOptions options;
  options.errors = &full;
  const auto report = office.import(mixed, options);
  BOOST_REQUIRE(!report);
  BOOST_TEST((report.error().code == ErrorCode::unavailable));
  BOOST_TEST(report.error().field == "errors");
  BOOST_TEST(office.rows().empty());
}

BOOST_AUTO_TEST_CASE(a_skipped_rows_number_is_cut_between_characters) {
  std::string spaced = "+493012345678";
  for (int i = 0; i < 100; ++i) spaced += "\xE2\x80\x89";  // Thin spaces.
  const auto report = office.import("phone_number\n" + spaced + "\n" + spaced + "\n").value();
  BOOST_REQUIRE(report.errors.size() == 1u);
  BOOST_TEST(report.errors[0].value.size() == 199u);  // 13 + 3 * 62: no half character.
}

BOOST_AUTO_TEST_CASE(rows_that_failed_are_remembered_with_the_campaign_and_skipped_ones_are_not) {
  const std::string list =
      "phone_number,name\n+493012345670,Ann\n12,\"Bob, B\"\n+493012345670,Again\n13,Eve\n";
  CsvImportOptions atomic;
  atomic.atomic = true;
  BOOST_TEST(office.import(list, atomic).value().imported == 0);
  BOOST_TEST(office.import(list).value().imported == 1);

  const auto errors = office.store->list_import_errors(office.user, office.campaign, {}).value();

  BOOST_TEST(errors.items.size() == 4u);  // Two of each import, also of the one taken back.
  BOOST_CHECK(errors.items[0].import_id != errors.items[2].import_id);
  for (const std::size_t first : {0u, 2u}) {
    BOOST_TEST(errors.items[first].error.line == 3);
    BOOST_TEST(errors.items[first].error.value == "12");
    BOOST_TEST(errors.items[first].error.record == "12,\"Bob, B\"");
    BOOST_TEST(errors.items[first + 1].error.line == 5);
  }
}

BOOST_AUTO_TEST_CASE(an_import_that_breaks_off_remembers_nothing) {
  CsvImportOptions options;
  options.progress = [](std::int64_t) { return false; };
  BOOST_TEST(!office.import("phone_number\n12\n", options).has_value());
  BOOST_TEST(
      office.store->list_import_errors(office.user, office.campaign, {}).value().items.empty());
}

BOOST_AUTO_TEST_CASE(contacts_alone_are_imported_with_the_same_report) {
  (void)office.store
      ->create_contact({.user_id = office.user, .name = "Known", .phone_number = "+493012345679"})
      .value();
  std::istringstream file{mixed};
  std::ostringstream errors;
  CsvImportOptions options;
  options.errors = &errors;
  const auto report = import_contacts_csv(*office.store, office.user, file, options).value();
  BOOST_TEST(report.campaign_id.is_nil());
  BOOST_TEST(report.total == 6);
  BOOST_TEST(report.imported == 3);
  BOOST_TEST(report.matched == 1);
  BOOST_TEST(report.skipped == 1);
  BOOST_TEST(report.failed == 2);
  BOOST_REQUIRE(report.errors.size() == 3u);
  BOOST_TEST(report.errors[1].line == 4);
  BOOST_TEST(report.errors[1].reason == "An earlier row of this file has the same number.");
  BOOST_TEST(read_all(errors.str()).size() == 4u);
  BOOST_TEST(office.contacts().size() == 3u);
  BOOST_TEST(office.contact("+493012345678").email == "ann@example.com");
  BOOST_TEST(office.contact("+493012345679").name == "Known");
  BOOST_TEST(office.rows().empty());
}

BOOST_AUTO_TEST_CASE(an_atomic_import_of_contacts_with_a_failed_row_leaves_nothing) {
  std::istringstream file{mixed};
  CsvImportOptions options;
  options.atomic = true;
  const auto report = import_contacts_csv(*office.store, office.user, file, options).value();
  BOOST_TEST(report.imported == 0);
  BOOST_TEST(report.failed == 2);
  BOOST_TEST(office.contacts().empty());
}

BOOST_AUTO_TEST_CASE(positions_follow_the_file) {
  (void)office.import(numbers(2500)).value();
  std::set<std::int64_t> positions;
  std::string cursor;
  std::string before;
  do {
    const auto page =
        CallQueue{*office.store}
            .find_by_campaign_id(office.user, office.campaign, {.limit = 1000, .cursor = cursor})
            .value();
    for (const QueuedCall& row : page.items) {
      BOOST_REQUIRE(row.phone_number > before);
      before = row.phone_number;
      positions.insert(row.position);
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  BOOST_TEST(positions.size() == 2500u);
}

BOOST_AUTO_TEST_CASE(imported_rows_are_dialed_by_priority) {
  (void)office
      .import(
          "phone_number,name,priority\n+493012345670,,\n+493012345671,Ann,\n+493012345672,Bob,9\n")
      .value();
  (void)CallCampaigns{*office.store}.start(office.user, office.campaign).value();
  const auto claimed = CallQueue{*office.store}.claim({.limit = 2}).value();
  BOOST_REQUIRE(claimed.size() == 2u);
  BOOST_TEST(claimed[0].queued.contact_name == "Bob");
  BOOST_TEST(claimed[1].queued.contact_name == "Ann");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(a_file_store_keeps_what_was_imported, InFile) {
  (void)office->import(mixed).value();
  const auto url = "sqlite:" + (folder / "test.db").string();
  const auto again = open_store(url, {.clock = office->clock}).value();
  const auto campaign = again->find_campaign(office->user, office->campaign).value();
  BOOST_TEST(campaign.total_contacts == 3);
  BOOST_TEST(again->verify().value().ok());
}
