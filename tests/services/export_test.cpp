// A campaign's results as a file.

#include <boost/test/unit_test.hpp>
#include <set>
#include <sstream>

#include "callqueue/campaign_export.hpp"
#include "callqueue/csv_import.hpp"
#include "services/small_world.hpp"

namespace {

using namespace small_world;

std::vector<std::string> pieces_of(CampaignExport results) {
  std::vector<std::string> pieces;
  for (bool more = true; more;) more = value(results.next(pieces.emplace_back()));
  std::string beyond;
  BOOST_TEST(!value(results.next(beyond)));  // It has ended, and goes on saying so.
  BOOST_TEST(beyond.empty());
  return pieces;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find("\r\n", at);
    BOOST_REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return lines;
}

constexpr auto header =
    "id,phone_number,contact_name,status,success,outcome,attempts,started_at,completed_at,"
    "duration_seconds,failure_reason,user_data";

}  // namespace

BOOST_AUTO_TEST_SUITE(exports)

BOOST_AUTO_TEST_CASE(a_line_holds_a_queued_call_and_its_last_attempt) {
  SmallWorld world;
  const auto campaign = world.active_campaign(1);
  const auto claimed = value(CallQueue(*world.store).claim({.limit = 1}));
  world.clock->advance(90s);
  value(CallQueue(*world.store)
            .report({.user_id = world.user.id,
                     .call_id = claimed.at(0).call.id,
                     .status = CallStatus::completed,
                     .success = true,
                     .duration = 42s}));

  const auto pieces =
      pieces_of(value(CampaignExport::results(*world.store, world.user.id, campaign.id)));

  BOOST_TEST(pieces.size() == 1U);
  const auto lines = lines_of(pieces.at(0));
  BOOST_TEST(lines.size() == 2U);
  BOOST_TEST(lines.at(0) == header);
  BOOST_TEST(lines.at(1) == to_text(claimed.at(0).queued.id) +
                                ",+49302311000,Bob,completed,true,answered,1,2026-03-25T10:00:00Z,"
                                "2026-03-25T10:01:30Z,42,,{}");
}

BOOST_AUTO_TEST_CASE(every_row_comes_once_however_many_pieces_it_takes) {
  SmallWorld world;
  const auto campaign = value(CallCampaigns(*world.store).create(world.plan()));
  world.fill(campaign.id, 2'001);

  const auto pieces =
      pieces_of(value(CampaignExport::results(*world.store, world.user.id, campaign.id)));

  BOOST_TEST(pieces.size() == 3U);
  std::string whole;
  for (const auto& piece : pieces) whole += piece;
  const auto lines = lines_of(whole);
  BOOST_TEST(lines.size() == 2'002U);
  BOOST_TEST((std::set<std::string>{lines.begin(), lines.end()}.size() == 2'002U));
  BOOST_TEST(lines.at(0) == header);
}

BOOST_AUTO_TEST_CASE(for_a_spreadsheet_people_find_their_own_columns_and_their_own_time) {
  SmallWorld world;
  auto plan = world.plan();
  plan.rules.timezone = "Europe/Berlin";
  const auto campaign = value(CallCampaigns(*world.store).create(plan));
  CallQueue queue(*world.store);
  const std::vector<QueueRequest> requests{
      {.contact_id = world.contact("Jürgen").id,
       .campaign_id = campaign.id,
       .user_data = R"({"Firma":"Müller, Söhne","priority":5})"},
      {.contact_id = world.contact("=1+1").id,
       .campaign_id = campaign.id,
       .user_data = R"({"Ort":"=2+2","offen":null})"}};
  const auto rows = value(queue.create_bulk(world.user.id, requests));
  value(CallCampaigns(*world.store).start(world.user.id, campaign.id));
  value(queue.claim({.limit = 1}));
  const auto pieces = pieces_of(value(CampaignExport::results(
      *world.store, world.user.id, campaign.id, ExportFormat::spreadsheet)));
  const auto lines = lines_of(pieces.at(0));
  BOOST_TEST_REQUIRE(lines.size() == 3U);
  BOOST_TEST(lines[0] ==
             "\xEF\xBB\xBFphone_number,contact_name,status,success,outcome,attempts,started_at "
             "(Europe/Berlin),completed_at (Europe/Berlin),duration_seconds,failure_reason,Firma,"
             "priority,Ort,offen,id");
  BOOST_TEST(lines[1] ==
             "+49 302311000,Jürgen,processing,,,1,2026-03-25 11:00:00,,,,\"Müller, "
             "Söhne\",5,,," +
                 to_text(rows[0].id));
  BOOST_TEST(lines[2] ==
             "+49 302311001,\"'=1+1\",queued,,,0,,,,,,,\"'=2+2\",," + to_text(rows[1].id));
}

BOOST_AUTO_TEST_CASE(rows_that_failed_are_mended_in_their_own_columns_and_imported_again) {
  SmallWorld world;
  auto plan = world.plan();
  plan.rules.timezone = "Europe/Berlin";
  const auto campaign = value(CallCampaigns(*world.store).create(plan));
  const auto import = [&](const std::string& text) {
    std::istringstream file{text};
    return value(import_csv(*world.store, world.user.id, campaign.id, file));
  };
  import(
      "Name;Phone Number;Ort\n\"Eve; E\";12;Ulm\nAnn;+493012345670;Bonn\n=1+1;13\n"
      "Cid;+493012345671;Jena\xFF\n");
  import("phone_number,email,import_error\n+493012345672,none,\"was, before\"\n");

  const auto lines =
      lines_of(pieces_of(value(CampaignExport::import_errors(
                             *world.store, world.user.id, campaign.id, ExportFormat::spreadsheet)))
                   .at(0));

  BOOST_TEST_REQUIRE(lines.size() == 5U);
  BOOST_TEST(lines[0] == "\xEF\xBB\xBFphone_number,Name,Ort,email,import_error");
  BOOST_TEST(lines[1].starts_with("12,\"Eve; E\",Ulm,,\""));
  BOOST_TEST(
      lines[1].ends_with("(phone_number, line 2, imported 2026-03-25 11:00:00 Europe/Berlin)\""));
  BOOST_TEST(lines[2].starts_with("\"'=1+1;13\",,,,"));  // What was not taken apart.
  BOOST_TEST(lines[3].starts_with("+49 3012345671,Cid,Jena\uFFFD,,"));
  BOOST_TEST(lines[4].starts_with("+49 3012345672,,,none,"));

  auto mended = lines[0] + "\n+49 3012345673" + lines[1].substr(2) + "\n" + lines[2] + "\n";
  const auto report = import(mended);
  BOOST_TEST(report.imported == 1);
  BOOST_TEST(report.failed == 1);
  const auto rows =
      value(world.store->list_queued_calls(world.user.id, {.campaign_id = campaign.id}, {})).items;
  BOOST_TEST(rows.back().contact_name == "Eve; E");
  BOOST_TEST(rows.back().user_data == R"({"Ort":"Ulm"})");
}

BOOST_AUTO_TEST_CASE(a_row_that_is_longer_than_what_is_kept_of_it_is_never_taken_for_whole) {
  SmallWorld world;
  const auto campaign = value(CallCampaigns(*world.store).create(world.plan()));
  std::istringstream file{"phone_number,email,notes\n+493012345670,none," +
                          std::string(2'000, 'x') + "\n"};
  value(import_csv(*world.store, world.user.id, campaign.id, file));

  const auto lines =
      lines_of(pieces_of(value(CampaignExport::import_errors(
                             *world.store, world.user.id, campaign.id, ExportFormat::spreadsheet)))
                   .at(0));

  BOOST_TEST_REQUIRE(lines.size() == 2U);
  BOOST_TEST(lines[1].starts_with("\"'+493012345670,none,xxx"));
  BOOST_TEST(lines[1].find("The row is longer than what is kept of it.") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(as_json_it_is_one_array) {
  SmallWorld world;
  const auto campaign = value(CallCampaigns(*world.store).create(world.plan()));
  const auto text = [&] {
    std::string whole;
    for (const auto& piece : pieces_of(value(CampaignExport::results(
             *world.store, world.user.id, campaign.id, ExportFormat::json)))) {
      whole += piece;
    }
    return whole;
  };
  BOOST_TEST(text() == "[]\n");
  const auto rows = world.fill(campaign.id, 1'001);
  const auto whole = text();
  BOOST_TEST(whole.starts_with("[{\"queued\":{\"id\":\"" + to_text(rows.at(0).id)));
  BOOST_TEST(whole.ends_with(",\"call\":null}]\n"));
  std::size_t joints = 0;
  for (auto at = whole.find("null},{\"queued\""); at != std::string::npos;
       at = whole.find("null},{\"queued\"", at + 1)) {
    ++joints;
  }
  BOOST_TEST(joints == 1'000U);  // Also between the pieces.
}

BOOST_AUTO_TEST_CASE(nothing_in_it_runs_as_a_formula) {
  SmallWorld world;
  const auto campaign = value(CallCampaigns(*world.store).create(world.plan()));
  const auto contact = world.contact("=HYPERLINK(\"http://x\",\"y\")");
  value(CallQueue(*world.store)
            .create_bulk(world.user.id, std::vector{QueueRequest{.contact_id = contact.id,
                                                                 .campaign_id = campaign.id}}));
  const auto pieces =
      pieces_of(value(CampaignExport::results(*world.store, world.user.id, campaign.id)));
  const auto& text = pieces.at(0);
  const std::string cell = R"csv("'=HYPERLINK(""http://x"",""y"")")csv";
  BOOST_TEST(text.find(",+49302311000," + cell + ",queued,") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_gets_another_users_results) {
  SmallWorld world;
  const auto campaign = value(CallCampaigns(*world.store).create(world.plan()));
  const auto bob = value(world.store->create_user({.name = "Bob"}));
  BOOST_TEST(refused(CampaignExport::results(*world.store, bob.id, campaign.id),
                     ErrorCode::not_found) == "campaign_id");
}

BOOST_AUTO_TEST_SUITE_END()
