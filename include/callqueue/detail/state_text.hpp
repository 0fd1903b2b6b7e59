#pragma once

#include <array>
#include <cstddef>

#include "callqueue/state.hpp"

namespace callqueue {

namespace detail {

// In the order of the enumerators.
inline constexpr std::array<std::string_view, 6> campaign_status_texts{
    "draft", "scheduled", "active", "paused", "completed", "cancelled"};
inline constexpr std::array<std::string_view, 6> queued_call_status_texts{
    "queued", "processing", "completed", "failed", "cancelled", "skipped"};
inline constexpr std::array<std::string_view, 9> call_status_texts{
    "initiated", "ringing", "in_progress", "completed", "busy",
    "no_answer", "failed",  "cancelled",   "unknown"};
inline constexpr std::array<std::string_view, 8> call_outcome_texts{
    "answered", "voicemail", "busy", "no_answer", "failed", "rejected", "cancelled", "unknown"};
inline constexpr std::array<std::string_view, 2> call_type_texts{"direct", "campaign"};

template <class Enum, std::size_t size>
[[nodiscard]] constexpr std::optional<Enum> enumerator(
    const std::array<std::string_view, size>& texts, std::string_view text) noexcept {
  for (std::size_t i = 0; i < size; ++i) {
    if (texts[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

template <class Enum, std::size_t size>
[[nodiscard]] constexpr std::string_view text_of(const std::array<std::string_view, size>& texts,
                                                 Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < size ? texts[index] : std::string_view{};
}

}  // namespace detail

inline std::string_view to_text(CampaignStatus status) noexcept {
  return detail::text_of(detail::campaign_status_texts, status);
}
inline std::string_view to_text(QueuedCallStatus status) noexcept {
  return detail::text_of(detail::queued_call_status_texts, status);
}
inline std::string_view to_text(CallStatus status) noexcept {
  return detail::text_of(detail::call_status_texts, status);
}
inline std::string_view to_text(CallOutcome outcome) noexcept {
  return detail::text_of(detail::call_outcome_texts, outcome);
}
inline std::string_view to_text(CallType type) noexcept {
  return detail::text_of(detail::call_type_texts, type);
}

inline std::optional<CampaignStatus> parse_campaign_status(std::string_view text) noexcept {
  return detail::enumerator<CampaignStatus>(detail::campaign_status_texts, text);
}
inline std::optional<QueuedCallStatus> parse_queued_call_status(std::string_view text) noexcept {
  return detail::enumerator<QueuedCallStatus>(detail::queued_call_status_texts, text);
}
inline std::optional<CallStatus> parse_call_status(std::string_view text) noexcept {
  return detail::enumerator<CallStatus>(detail::call_status_texts, text);
}
inline std::optional<CallOutcome> parse_call_outcome(std::string_view text) noexcept {
  return detail::enumerator<CallOutcome>(detail::call_outcome_texts, text);
}
inline std::optional<CallType> parse_call_type(std::string_view text) noexcept {
  return detail::enumerator<CallType>(detail::call_type_texts, text);
}

}  // namespace callqueue
