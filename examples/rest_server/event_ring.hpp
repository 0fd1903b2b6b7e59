#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rest {

/// A message as it goes over the wire; shared by the ring and by all who are writing it out.
using Message = std::shared_ptr<const std::string>;

/// What a reader is told: `{"seq":7,"type":"queue","queue":{…}}`.
struct LiveEvent {
  std::string_view
      type;  ///< `campaign`, `campaign_deleted`, `queue`, `calls`, `limits`, `users` or `system`.
  std::string_view field;  ///< The name of what it tells.
  std::string json;        ///< And that itself.
};

/// The last events of one feed, numbered, in bounded memory. Not thread-safe.
class EventRing {
 public:
  /// @param epoch tells this ring from any other: numbers mean something within one only.
  explicit EventRing(std::string epoch) : epoch_(std::move(epoch)) {}

  [[nodiscard]] const std::string& epoch() const { return epoch_; }
  /// The number of the last event there was; 0: none yet.
  [[nodiscard]] std::uint64_t last() const { return last_; }

  void append(const LiveEvent& event);
  /// Forgets the oldest events until these are no more bytes. The last event stays in any case.
  void shrink(std::size_t most_bytes);
  /// More has happened than is worth telling: nobody can go on from any number before now.
  void skip();

  /// Whether everything behind this number is here, so that one can go on from it.
  [[nodiscard]] bool reaches(std::uint64_t seq) const;
  /// The event behind this number; none: that was the last. @pre `reaches(seq)`.
  [[nodiscard]] Message next(std::uint64_t seq) const;

 private:
  std::string epoch_;
  std::deque<Message> events_;  ///< The last ones, up to number `last_`.
  std::uint64_t last_ = 0;
  std::size_t bytes_ = 0;
};

/// Reads a ring at its own pace. It keeps a number and no events, so that one which is slow costs
/// nothing; when the ring has gone past it, it is told so (`resync`) and goes on from now.
class EventReader {
 public:
  /// @param after where an earlier reader got to, `EPOCH.SEQ`; empty: it starts now.
  explicit EventReader(std::string_view after) : after_(after) {}

  /// First `hello`, or `resync` when it cannot go on from where it was, then events. None: there is
  /// nothing more yet.
  [[nodiscard]] Message next(const EventRing& ring);

 private:
  Message greet(const EventRing& ring);
  Message resync(const EventRing& ring);

  std::string after_;
  bool is_greeted_ = false;
  std::uint64_t seen_ = 0;
};

}  // namespace rest
