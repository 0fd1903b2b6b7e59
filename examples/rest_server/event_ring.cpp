#include "event_ring.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace rest {
namespace {

/// `EPOCH.SEQ`, if it is this epoch.
std::optional<std::uint64_t> seq_of(std::string_view after, std::string_view epoch) {
  if (!after.starts_with(epoch) || after.size() <= epoch.size() || after[epoch.size()] != '.') {
    return std::nullopt;
  }
  const auto digits = after.substr(epoch.size() + 1);
  const auto* const end = digits.data() + digits.size();
  std::uint64_t seq = 0;
  const auto read = std::from_chars(digits.data(), end, seq);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return seq;
}

Message place(std::string_view type, const std::string& epoch, std::uint64_t seq) {
  std::string text = "{\"type\":\"";
  text.append(type).append("\",\"epoch\":\"").append(epoch).append("\",\"seq\":");
  return std::make_shared<const std::string>(text + std::to_string(seq) + '}');
}

}  // namespace

void EventRing::append(const LiveEvent& event) {
  std::string text = "{\"seq\":" + std::to_string(++last_) + ",\"type\":\"";
  text.append(event.type).append("\",\"").append(event.field).append("\":");
  text.append(event.json).append("}");
  bytes_ += text.size();
  events_.push_back(std::make_shared<const std::string>(std::move(text)));
}

void EventRing::shrink(std::size_t most_bytes) {
  while (bytes_ > most_bytes && events_.size() > 1) {
    bytes_ -= events_.front()->size();
    events_.pop_front();
  }
}

void EventRing::skip() {
  ++last_;
  events_.clear();
  bytes_ = 0;
}

bool EventRing::reaches(std::uint64_t seq) const {
  return seq <= last_ && last_ - seq <= events_.size();
}

Message EventRing::next(std::uint64_t seq) const {
  if (seq == last_) return nullptr;
  return events_[events_.size() - static_cast<std::size_t>(last_ - seq)];
}

Message EventReader::next(const EventRing& ring) {
  if (!is_greeted_) return greet(ring);
  if (!ring.reaches(seen_)) return resync(ring);
  auto event = ring.next(seen_);
  if (event) ++seen_;
  return event;
}

Message EventReader::greet(const EventRing& ring) {
  is_greeted_ = true;
  const auto from = after_.empty() ? std::optional{ring.last()} : seq_of(after_, ring.epoch());
  if (!from || !ring.reaches(*from)) return resync(ring);
  seen_ = *from;
  return place("hello", ring.epoch(), seen_);
}

Message EventReader::resync(const EventRing& ring) {
  seen_ = ring.last();
  return place("resync", ring.epoch(), seen_);
}

}  // namespace rest
