// What counts as a change of a campaign, and what as its end.
#include "campaign_news.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <vector>

using namespace callqueue;
using namespace rest;
using namespace std::chrono_literals;

namespace {

/// The n-th that was made.
CallCampaign campaign(std::uint8_t n) {
  CallCampaign made;
  made.id.value.bytes[15] = n;
  made.created_at = Instant{1s * n};
  made.updated_at = made.created_at;
  return made;
}

/// A look at these, newest first. @return those that are news.
std::vector<CampaignId> look(CampaignNews& news, const std::vector<CallCampaign>& campaigns) {
  news.begin_look();
  std::vector<CampaignId> ids;
  for (const auto& one : campaigns) {
    if (news.is_news(one)) ids.push_back(one.id);
  }
  return ids;
}

using Ids = std::vector<CampaignId>;

}  // namespace

BOOST_AUTO_TEST_SUITE(campaign_news)

BOOST_AUTO_TEST_CASE(a_campaign_is_news_once) {
  CampaignNews news;
  BOOST_TEST((look(news, {campaign(2), campaign(1)}) == Ids{campaign(2).id, campaign(1).id}));
  BOOST_TEST(news.end_look(true).empty());
  BOOST_TEST(look(news, {campaign(2), campaign(1)}).empty());
  BOOST_TEST((look(news, {campaign(3), campaign(2), campaign(1)}) == Ids{campaign(3).id}));
}

BOOST_AUTO_TEST_CASE(whatever_changes_of_a_campaign_is_news) {
  const auto is_seen = [](auto change) {
    CampaignNews news;
    auto one = campaign(1);
    look(news, {one});
    change(one);
    return look(news, {one}).size() == 1 && look(news, {one}).empty();
  };
  BOOST_TEST(is_seen([](CallCampaign& c) { c.updated_at += 1us; }));
  BOOST_TEST(is_seen([](CallCampaign& c) { c.status = CampaignStatus::active; }));
  BOOST_TEST(is_seen([](CallCampaign& c) { c.completed_at = c.created_at; }));
  BOOST_TEST(is_seen([](CallCampaign& c) { ++c.total_contacts; }));
  BOOST_TEST(is_seen([](CallCampaign& c) { ++c.completed_calls; }));
  BOOST_TEST(is_seen([](CallCampaign& c) { ++c.successful_calls; }));
  BOOST_TEST(is_seen([](CallCampaign& c) { ++c.failed_calls; }));
}

BOOST_AUTO_TEST_CASE(what_a_whole_look_does_not_see_is_gone) {
  CampaignNews news;
  look(news, {campaign(3), campaign(2), campaign(1)});
  look(news, {campaign(3), campaign(1)});
  BOOST_TEST((news.end_look(true) == Ids{campaign(2).id}));
  look(news, {campaign(3), campaign(1)});
  BOOST_TEST(news.end_look(true).empty());
  look(news, {});
  BOOST_TEST((news.end_look(true) == Ids{campaign(1).id, campaign(3).id}));
}

BOOST_AUTO_TEST_CASE(what_lies_behind_the_end_of_a_look_is_not_gone) {
  CampaignNews news;
  look(news, {campaign(4), campaign(3), campaign(2)});
  look(news, {campaign(5), campaign(4), campaign(3)});
  BOOST_TEST(news.end_look(false).empty());
  look(news, {campaign(5), campaign(3), campaign(1)});
  BOOST_TEST((news.end_look(false) == Ids{campaign(4).id}));
}

BOOST_AUTO_TEST_CASE(a_look_that_broke_off_says_nothing_of_what_it_did_not_see) {
  CampaignNews news;
  look(news, {campaign(2), campaign(1)});
  look(news, {campaign(2)});
  look(news, {campaign(2), campaign(1)});
  BOOST_TEST(news.end_look(true).empty());
}

BOOST_AUTO_TEST_SUITE_END()
