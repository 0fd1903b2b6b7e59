// The rows that imports rejected: remembered with the campaign, in bounds, and gone with it.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

namespace {

std::vector<CsvError> some_errors(int count, int from_line = 2) {
  std::vector<CsvError> errors;
  for (int line = from_line; line < from_line + count; ++line) {
    errors.push_back({.line = line,
                      .field = "phone_number",
                      .value = "Zoë's \"12\"",
                      .reason = "too\nshort",
                      .record = "12,\\" + std::to_string(line)});
  }
  return errors;
}

/// As an import has it; of the import itself nothing is left.
ImportId import_number(int number) {
  ImportId id;
  id.value.bytes.back() = static_cast<std::uint8_t>(number);
  return id;
}

std::vector<std::int64_t> lines_of(const PageOf<ImportError>& page) {
  std::vector<std::int64_t> lines;
  for (const auto& item : page.items) lines.push_back(item.error.line);
  return lines;
}

std::vector<ImportError> all_errors(Store& store, const TestUser& user) {
  std::vector<ImportError> all;
  Page page{.limit = 1000};
  do {
    const auto part = must(store.list_import_errors(user.id, user.campaign, page));
    all.insert(all.end(), part.items.begin(), part.items.end());
    page.cursor = part.next_cursor;
  } while (!page.cursor.empty());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(import_errors)

BOOST_AUTO_TEST_CASE_TEMPLATE(errors_are_read_as_they_were_recorded, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const auto errors = some_errors(3);

  must(backend.store().record_import_errors(ann.id, ann.campaign, import_number(1), 1, errors));

  const auto found = all_errors(backend.store(), ann);
  BOOST_TEST(found.size() == 3U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    BOOST_CHECK(found[i].import_id == import_number(1));
    BOOST_CHECK(found[i].imported_at == backend.now());
    BOOST_TEST(found[i].error.line == errors[i].line);
    BOOST_TEST(found[i].error.field == errors[i].field);
    BOOST_TEST(found[i].error.value == errors[i].value);
    BOOST_TEST(found[i].error.reason == errors[i].reason);
    BOOST_TEST(found[i].error.record == errors[i].record);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_comes_with_the_columns_of_its_own_file, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  auto& store = backend.store();
  const std::vector<CsvError> columns{{.line = 1, .record = ";phone_number;name"}};
  for (const int import : {1, 2}) {
    must(
        store.record_import_errors(ann.id, ann.campaign, import_number(import), 1, some_errors(2)));
  }
  must(store.record_import_errors(ann.id, ann.campaign, import_number(2), 0, columns));

  std::vector<std::string> headers;
  for (const auto& error : all_errors(store, ann)) headers.push_back(error.header);
  BOOST_CHECK(
      (headers == std::vector<std::string>{"", "", ";phone_number;name", ";phone_number;name"}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(they_come_import_after_import_in_pages, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  auto& store = backend.store();
  must(store.record_import_errors(ann.id, ann.campaign, import_number(2), 1, some_errors(2, 20)));
  must(store.record_import_errors(ann.id, ann.campaign, import_number(1), 1, some_errors(3, 10)));
  using Lines = std::vector<std::int64_t>;

  const auto first = must(store.list_import_errors(ann.id, ann.campaign, {.limit = 2}));
  BOOST_CHECK((lines_of(first) == Lines{10, 11}));
  const auto second = must(
      store.list_import_errors(ann.id, ann.campaign, {.limit = 2, .cursor = first.next_cursor}));
  BOOST_CHECK((lines_of(second) == Lines{12, 20}));
  const auto third = must(
      store.list_import_errors(ann.id, ann.campaign, {.limit = 2, .cursor = second.next_cursor}));
  BOOST_CHECK((lines_of(third) == Lines{21}));
  BOOST_TEST(third.next_cursor == "");
  for (const auto* cursor : {"x", ".", "1.", "0190b0a5-3c00-7abc-8def-0123456789ab",
                             "0190b0a5-3c00-7abc-8def-0123456789ab.x"}) {
    BOOST_TEST(fails_with(store.list_import_errors(ann.id, ann.campaign, {.cursor = cursor}),
                          ErrorCode::invalid_argument, "cursor"));
  }
  BOOST_TEST(fails_with(store.list_import_errors(ann.id, ann.campaign, {.limit = 0}),
                        ErrorCode::invalid_argument, "limit"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_recorded_twice_is_there_once, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  auto& store = backend.store();
  const auto record = [&](int first, int count, int from_line) {
    must(store.record_import_errors(ann.id, ann.campaign, import_number(1), first,
                                    some_errors(count, from_line)));
  };
  record(1, 700, 2);  // More than fit into a transaction.
  record(1, 700, 2);
  record(701, 2, 702);
  const auto found = all_errors(store, ann);
  BOOST_TEST(found.size() == 702U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    BOOST_TEST(found[i].error.line == static_cast<std::int64_t>(i) + 2);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(of_a_campaign_the_last_ten_imports_are_remembered, Backend,
                              AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  auto bob = backend.user();
  bob.draft();
  auto& store = backend.store();
  must(store.record_import_errors(bob.id, bob.campaign, import_number(1), 1, some_errors(1)));
  for (int import = 1; import <= 12; ++import) {
    must(store.record_import_errors(ann.id, ann.campaign, import_number(import), 1,
                                    some_errors(2, import * 10)));
  }
  const auto found = all_errors(store, ann);
  BOOST_TEST(found.size() == 20U);
  BOOST_TEST(found.front().error.line == 30);
  BOOST_TEST(found.back().error.line == 121);
  BOOST_TEST(all_errors(store, bob).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(another_users_campaign_is_not_there, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const auto bob = backend.user();
  auto& store = backend.store();
  must(store.record_import_errors(ann.id, ann.campaign, import_number(1), 1, some_errors(1)));
  BOOST_TEST(fails_with(store.list_import_errors(bob.id, ann.campaign, {}), ErrorCode::not_found,
                        "campaign_id"));
  BOOST_TEST(fails_with(
      store.record_import_errors(bob.id, ann.campaign, import_number(2), 1, some_errors(1)),
      ErrorCode::not_found, "campaign_id"));
  BOOST_TEST(all_errors(store, ann).size() == 1U);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(they_outlive_an_import_that_is_taken_back, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  auto& store = backend.store();
  const auto import =
      must(store.begin_import({.user_id = ann.id, .campaign_id = ann.campaign, .atomic = true}));
  must(store.record_import_errors(ann.id, ann.campaign, import, 1, some_errors(2)));
  must(store.abandon_import(ann.id, import));
  backend.pass(24h);
  must(store.advance({}));
  const auto found = all_errors(store, ann);
  BOOST_TEST(found.size() == 2U);
  BOOST_CHECK(found.front().import_id == import);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(they_go_with_the_campaign, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  auto& store = backend.store();
  const auto left = [&] { return backend.sql("SELECT count(*) FROM callqueue_import_errors"); };
  must(store.record_import_errors(ann.id, ann.campaign, import_number(1), 1, some_errors(2'300)));
  must(store.delete_campaign(ann.id, ann.campaign));  // In more than one step.
  BOOST_TEST(left() == "0");

  ann.draft();
  must(store.record_import_errors(ann.id, ann.campaign, import_number(1), 1, some_errors(2)));
  backend.sql("DELETE FROM call_campaigns WHERE id = {}", {to_text(ann.campaign)});
  BOOST_TEST(left() == "0");

  ann.draft();
  must(store.record_import_errors(ann.id, ann.campaign, import_number(1), 1, some_errors(2)));
  backend.sql("DELETE FROM users WHERE id = {}", {to_text(ann.id)});
  BOOST_TEST(left() == "0");
}

BOOST_AUTO_TEST_SUITE_END()
