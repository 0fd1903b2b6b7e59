// Counters and analytics of campaigns.
#include "conformance/backend.hpp"

using namespace callqueue;
using namespace callqueue::testing;

BOOST_AUTO_TEST_SUITE(statistics)

BOOST_AUTO_TEST_CASE_TEMPLATE(statistics_count_rows_by_status_and_attempts, Backend, AllBackends) {
  Backend backend;
  CampaignSpec spec;
  spec.rules.retry = {{CallOutcome::busy}, 2, {0s}};
  auto ann = backend.user({.concurrent_calls_limit = 4}).with_queued(8, spec);
  const auto claimed = backend.claim();
  backend.end(claimed[0]);
  backend.end(claimed[1], CallOutcome::no_answer);
  backend.end(claimed[2], CallOutcome::voicemail);
  must(backend.store().cancel_queued_call(ann.id, ann.rows[7], ""));
  const CampaignStatistics expected{.total_contacts = 8,
                                    .completed_calls = 2,
                                    .successful_calls = 1,
                                    .failed_calls = 1,
                                    .queued = 3,
                                    .processing = 1,
                                    .skipped = 0,
                                    .cancelled = 1,
                                    .attempts = 4};
  BOOST_TEST((ann.statistics() == expected));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(statistics_follow_foreign_sql_in_bulk, Backend, SharedBackends) {
  Backend backend;
  auto ann = backend.user().with_queued(6);
  const auto first = ann.campaign;
  ann.with_queued(4);
  backend.sql("UPDATE call_queue SET status = 'completed', success = true WHERE campaign_id = {}",
              {to_text(first)});
  BOOST_TEST(ann.find(first).successful_calls == 6);
  backend.sql("UPDATE call_queue SET status = 'failed' WHERE campaign_id = {} AND position <= 2",
              {to_text(first)});
  BOOST_TEST(ann.find(first).failed_calls == 2);
  backend.sql("UPDATE call_queue SET success = false WHERE campaign_id = {}", {to_text(first)});
  BOOST_TEST(ann.find(first).successful_calls == 0);
  BOOST_TEST(ann.find(first).completed_calls == 4);
  backend.sql("DELETE FROM call_queue WHERE campaign_id = {} AND status = 'failed'",
              {to_text(first)});
  BOOST_TEST(ann.find(first).total_contacts == 4);
  backend.sql("UPDATE call_queue SET campaign_id = {} WHERE campaign_id = {}",
              {to_text(ann.campaign), to_text(first)});
  BOOST_TEST(ann.find(first).total_contacts == 0);
  BOOST_TEST(ann.find().total_contacts == 8);
  BOOST_TEST(ann.find().completed_calls == 4);
  BOOST_TEST(must(backend.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(verify_finds_statistics_that_somebody_falsified, Backend,
                              SharedBackends) {
  Backend backend;
  const auto ann = backend.user().with_queued(2);
  BOOST_TEST(must(backend.store().verify()).ok());
  backend.sql("UPDATE call_campaigns SET completed_calls = 1");
  BOOST_TEST(!must(backend.store().verify()).ok());
  backend.sql("UPDATE call_campaigns SET completed_calls = 0");
  BOOST_TEST(must(backend.store().verify()).ok());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(analytics_are_drawn_from_the_calls, Backend, AllBackends) {
  Backend backend{{.clock = at(instant("2026-01-12T23:30:00Z"))}};
  CampaignSpec spec;
  spec.rules.timezone = "Europe/Berlin";  // 00:30 on the 13th there.
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(5, spec);
  const auto call = [&](CallOutcome outcome, std::optional<std::chrono::seconds> duration) {
    const auto claimed = backend.claim_one();
    backend.dial(claimed);
    auto event = event_for(claimed.call, outcome);
    event.duration = duration;
    backend.report(event);
    backend.pass(1h);
  };
  call(CallOutcome::answered, 60s);
  call(CallOutcome::voicemail, 20s);
  call(CallOutcome::busy, std::nullopt);
  call(CallOutcome::no_answer, std::nullopt);

  const auto seen = must(backend.store().campaign_analytics(ann.id, ann.campaign));

  BOOST_TEST((seen.statistics == ann.statistics()));
  BOOST_TEST(seen.progress == 0.8, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(seen.connection_rate == 0.5, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(seen.success_rate == 0.25, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(seen.mean_duration_seconds.value() == 40.0, boost::test_tools::tolerance(1e-9));
  const std::map<CallOutcome, std::int64_t> outcomes{{CallOutcome::answered, 1},
                                                     {CallOutcome::voicemail, 1},
                                                     {CallOutcome::busy, 1},
                                                     {CallOutcome::no_answer, 1}};
  BOOST_TEST((seen.outcomes == outcomes));
  const std::vector<CallSeriesPoint> daily{{"2026-01-13", 4, 2, 1}};
  BOOST_TEST((seen.daily == daily));
  BOOST_REQUIRE(seen.hourly.size() == 4U);
  BOOST_TEST((seen.hourly[0] == CallSeriesPoint{"2026-01-13T00", 1, 1, 1}));
  BOOST_TEST((seen.hourly[3] == CallSeriesPoint{"2026-01-13T03", 1, 0, 0}));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(series_follow_the_wall_through_a_day_of_25_hours, Backend,
                              AllBackends) {
  Backend backend{{.clock = at(instant("2026-10-24T21:59:00Z"))}};
  CampaignSpec spec;
  spec.rules.timezone = "Europe/Berlin";
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(6, spec);
  for (const auto* at : {"2026-10-24T21:59:00Z",                          // 23:59,
                         "2026-10-24T22:00:00Z",                          // midnight,
                         "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z",  // 02:30 twice,
                         "2026-10-25T22:59:00Z", "2026-10-25T23:00:00Z"}) {
    backend.pass_to(instant(at));
    backend.end(backend.claim_one());
  }
  const auto seen = must(backend.store().campaign_analytics(ann.id, ann.campaign));
  const std::vector<CallSeriesPoint> daily{
      {"2026-10-24", 1, 1, 1}, {"2026-10-25", 4, 4, 4}, {"2026-10-26", 1, 1, 1}};
  BOOST_TEST((seen.daily == daily));
  const std::vector<CallSeriesPoint> hourly{{"2026-10-24T23", 1, 1, 1},
                                            {"2026-10-25T00", 1, 1, 1},
                                            {"2026-10-25T02", 2, 2, 2},
                                            {"2026-10-25T23", 1, 1, 1},
                                            {"2026-10-26T00", 1, 1, 1}};
  BOOST_TEST((seen.hourly == hourly));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(
    the_time_that_calls_held_their_slots_is_theirs_whatever_became_of_them, Backend, AllBackends) {
  Backend backend;
  const auto ann = backend.user({.concurrent_calls_limit = 1}).with_queued(2);
  for (const auto& [outcome, after] :
       {std::pair{CallOutcome::answered, 100s}, std::pair{CallOutcome::no_answer, 20s}}) {
    const auto claimed = backend.claim_one();
    backend.pass(after);
    backend.end(claimed, outcome);
  }
  const auto seen = must(backend.store().campaign_analytics(ann.id, ann.campaign));
  BOOST_TEST(seen.mean_slot_seconds.value() == 60.0, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(analytics_of_an_untouched_campaign_are_empty, Backend, AllBackends) {
  Backend backend;
  auto ann = backend.user();
  ann.draft();
  const auto seen = must(backend.store().campaign_analytics(ann.id, ann.campaign));
  BOOST_TEST(seen.progress == 0.0);
  BOOST_TEST(seen.connection_rate == 0.0);
  BOOST_TEST(seen.success_rate == 0.0);
  BOOST_TEST(!seen.mean_duration_seconds.has_value());
  BOOST_TEST(seen.outcomes.empty());
  BOOST_TEST(seen.daily.empty());
}

BOOST_AUTO_TEST_SUITE_END()
