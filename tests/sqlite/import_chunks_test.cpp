#include <atomic>
#include <boost/test/unit_test.hpp>

#include "sqlite_support.hpp"

using namespace callqueue;
using namespace sqlite_tests;

namespace {

/// Stands still, and counts how often it is looked at: the store looks once a transaction.
class CountingClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override {
    ++looks_;
    return noon();
  }
  [[nodiscard]] int looks() const { return looks_; }

 private:
  mutable std::atomic<int> looks_ = 0;
};

std::vector<ImportRow> import_rows(int count) {
  std::vector<ImportRow> rows(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    rows[static_cast<std::size_t>(i)].phone_number = "+4930" + std::to_string(1'000'000 + i);
  }
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sqlite_import_chunks)

// A claim waits for one transaction of an import, never for the import. The mean says it without
// depending on what else the machine does: all rows in one transaction would be far above.
BOOST_AUTO_TEST_CASE(rows_are_staged_in_short_transactions) {
  const auto clock = std::make_shared<CountingClock>();
  World world{clock};
  const auto ann = world.user();
  const auto campaign = world.campaign(ann);
  const auto rows = import_rows(60'000);
  const auto import = must(world.store().begin_import({.user_id = ann, .campaign_id = campaign}));

  const int looks = clock->looks();
  const auto start = std::chrono::steady_clock::now();
  BOOST_TEST(must(world.store().stage_import(ann, import, rows)).size() == rows.size());
  const auto took = std::chrono::steady_clock::now() - start;

  const int transactions = clock->looks() - looks;
  BOOST_TEST_MESSAGE(transactions << " transactions");
  BOOST_TEST((took / transactions < 250ms));
  must(world.store().publish_import(ann, import));
  BOOST_TEST(must(world.store().find_campaign(ann, campaign)).total_contacts == 60'000);
}

BOOST_AUTO_TEST_SUITE_END()
