#pragma once

#include <algorithm>
#include <iterator>
#include <utility>

#include "callqueue/round_robin.hpp"

namespace callqueue {

namespace detail {

[[nodiscard]] inline bool can_take(const RoundRobinCandidate& candidate) noexcept {
  return candidate.headroom > 0 && candidate.ready > 0;
}

[[nodiscard]] inline bool is_served_before(const RoundRobinCandidate& a,
                                           const RoundRobinCandidate& b) noexcept {
  return a.turn != b.turn ? a.turn < b.turn : a.user_id < b.user_id;
}

}  // namespace detail

inline RoundRobinAllocator::RoundRobinAllocator(std::vector<RoundRobinCandidate> candidates)
    : round_(std::move(candidates)) {
  std::erase_if(round_, [](const auto& candidate) { return !detail::can_take(candidate); });
  // A store reads its users in turn order: then there is nothing to sort.
  if (!std::is_sorted(round_.begin(), round_.end(), detail::is_served_before)) {
    std::sort(round_.begin(), round_.end(), detail::is_served_before);
  }
}

inline void RoundRobinAllocator::add(const RoundRobinCandidate& candidate) {
  if (!detail::can_take(candidate)) return;
  const auto head = round_.begin() + static_cast<std::ptrdiff_t>(head_);
  round_.insert(std::upper_bound(head, round_.end(), candidate, detail::is_served_before),
                candidate);
}

inline std::optional<UserId> RoundRobinAllocator::next() {
  if (head_ == round_.size()) start_round();
  if (head_ == round_.size()) return std::nullopt;
  RoundRobinCandidate served = round_[head_++];
  --served.headroom;
  --served.ready;
  served.turn = ++latest_turn_;
  last_waits_ = detail::can_take(served);
  if (last_waits_) next_round_.push_back(served);
  return served.user_id;
}

inline void RoundRobinAllocator::drop_last() {
  if (last_waits_) next_round_.pop_back();
  last_waits_ = false;
}

inline void RoundRobinAllocator::start_round() {
  std::swap(round_, next_round_);
  next_round_.clear();
  head_ = 0;
  last_waits_ = false;
}

inline std::vector<UserId> deal(std::span<const RoundRobinCandidate> candidates,
                                std::size_t slots) {
  std::vector<RoundRobinCandidate> takers;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(takers), detail::can_take);
  // With one slot per user and round, no more users than slots can have a turn.
  if (slots < takers.size()) {
    const auto end = takers.begin() + static_cast<std::ptrdiff_t>(slots);
    std::nth_element(takers.begin(), end, takers.end(), detail::is_served_before);
    takers.erase(end, takers.end());
  }
  RoundRobinAllocator allocator{std::move(takers)};
  std::vector<UserId> dealt;
  while (dealt.size() < slots) {
    const auto user = allocator.next();
    if (!user) break;
    dealt.push_back(*user);
  }
  return dealt;
}

}  // namespace callqueue
