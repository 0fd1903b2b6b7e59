// What a reader of a bounded ring gets, whatever it missed.
#include "event_ring.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace rest;

namespace {

LiveEvent event(int number) { return {"queue", "queue", std::to_string(number)}; }

/// All that the reader gets until there is nothing more.
std::vector<std::string> read_all(EventReader& reader, const EventRing& ring) {
  std::vector<std::string> texts;
  while (const auto message = reader.next(ring)) texts.push_back(*message);
  return texts;
}
std::vector<std::string> read_all(const std::string& after, const EventRing& ring) {
  EventReader reader{after};
  return read_all(reader, ring);
}

std::string told(int seq) {
  const auto number = std::to_string(seq);
  return R"({"seq":)" + number + R"(,"type":"queue","queue":)" + number + "}";
}
std::string hello(int seq) {
  return R"({"type":"hello","epoch":"e1","seq":)" + std::to_string(seq) + "}";
}
std::string resync(int seq) {
  return R"({"type":"resync","epoch":"e1","seq":)" + std::to_string(seq) + "}";
}

/// With so many events, of which the last few are kept.
EventRing ring_of(int events, std::size_t most_bytes = 1000) {
  EventRing ring{"e1"};
  for (int i = 1; i <= events; ++i) ring.append(event(i));
  ring.shrink(most_bytes);
  return ring;
}

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(event_ring)

BOOST_AUTO_TEST_CASE(a_new_reader_hears_of_what_comes_and_not_of_what_was) {
  auto ring = ring_of(2);
  EventReader reader{""};
  BOOST_TEST((read_all(reader, ring) == Texts{hello(2)}));
  ring.append(event(3));
  ring.append(event(4));
  BOOST_TEST((read_all(reader, ring) == Texts{told(3), told(4)}));
  BOOST_TEST(read_all(reader, ring).empty());
}

BOOST_AUTO_TEST_CASE(who_comes_back_goes_on_behind_what_it_has) {
  const auto ring = ring_of(4);
  BOOST_TEST((read_all("e1.2", ring) == Texts{hello(2), told(3), told(4)}));
  BOOST_TEST((read_all("e1.4", ring) == Texts{hello(4)}));
  BOOST_TEST((read_all("e1.0", ring) == Texts{hello(0), told(1), told(2), told(3), told(4)}));
}

BOOST_AUTO_TEST_CASE(who_comes_back_too_late_is_told_so) {
  const auto two = told(1).size() * 2;
  const auto ring = ring_of(4, two);
  BOOST_TEST((read_all("e1.1", ring) == Texts{resync(4)}));
  BOOST_TEST((read_all("e1.2", ring) == Texts{hello(2), told(3), told(4)}));
}

BOOST_AUTO_TEST_CASE(a_place_in_another_ring_or_in_none_is_a_resync) {
  const auto ring = ring_of(4);
  for (const std::string after : {"e2.2", "e1.5", "e1.18446744073709551615", "e1.-1", "e1.", "e1",
                                  "e1.2x", "e1. 2", "e11.2", "x", ".", "e1.99999999999999999999"}) {
    BOOST_TEST((read_all(after, ring) == Texts{resync(4)}), after);
  }
}

BOOST_AUTO_TEST_CASE(a_reader_that_the_ring_has_gone_past_goes_on_from_now) {
  EventRing ring{"e1"};
  EventReader reader{""};
  BOOST_TEST((read_all(reader, ring) == Texts{hello(0)}));
  for (int i = 1; i <= 9; ++i) {
    ring.append(event(i));
    ring.shrink(told(1).size());
  }
  BOOST_TEST((read_all(reader, ring) == Texts{resync(9)}));
  ring.append(event(10));
  BOOST_TEST((read_all(reader, ring) == Texts{told(10)}));
}

BOOST_AUTO_TEST_CASE(what_is_skipped_is_a_resync_for_everybody) {
  auto ring = ring_of(4);
  EventReader reader{""};
  BOOST_TEST((read_all(reader, ring) == Texts{hello(4)}));
  ring.skip();
  BOOST_TEST((read_all(reader, ring) == Texts{resync(5)}));
  BOOST_TEST((read_all("e1.4", ring) == Texts{resync(5)}));
  BOOST_TEST((read_all("e1.5", ring) == Texts{hello(5)}));
  ring.append(event(6));
  BOOST_TEST((read_all(reader, ring) == Texts{told(6)}));
}

BOOST_AUTO_TEST_CASE(the_last_event_stays_however_long_it_is) {
  auto ring = ring_of(3, 0);
  BOOST_TEST((read_all("e1.2", ring) == Texts{hello(2), told(3)}));
  // A message that somebody is writing out outlives its place in the ring.
  EventReader reader{"e1.2"};
  const auto first = reader.next(ring);
  const auto message = reader.next(ring);
  ring.append(event(4));
  ring.shrink(0);
  BOOST_TEST(*message == told(3));
}

BOOST_AUTO_TEST_SUITE_END()
