#include "bindings/c/guard.hpp"
#include "callqueue/state.hpp"

namespace callqueue::c {
namespace {

template <class Enum>
bool is_one(std::int32_t number, Enum last) noexcept {
  return number >= 0 && number <= static_cast<std::int32_t>(last);
}

/// The texts are literals: they end with NUL and stay.
template <class Enum>
const char* text_of(std::int32_t number, Enum last) noexcept {
  return is_one(number, last) ? to_text(static_cast<Enum>(number)).data() : "";
}

template <class Parse>
std::int32_t parsed(const char* text, Parse&& parse) noexcept {
  if (text == nullptr) return CQ_UNSET;
  const auto found = parse(text);
  return found ? static_cast<std::int32_t>(*found) : CQ_UNSET;
}

template <class Enum>
std::int32_t may_go(std::int32_t from, std::int32_t to, Enum last) noexcept {
  return is_one(from, last) && is_one(to, last) &&
         can_transition(static_cast<Enum>(from), static_cast<Enum>(to));
}

constexpr auto kLastCampaign = CampaignStatus::cancelled;
constexpr auto kLastQueued = QueuedCallStatus::skipped;
constexpr auto kLastCall = CallStatus::unknown;

template <class Enum>
constexpr bool same(Enum ours, int theirs) {
  return static_cast<int>(ours) == theirs;
}
static_assert(same(kLastCampaign, CQ_CAMPAIGN_CANCELLED) &&
              same(CampaignStatus::scheduled, CQ_CAMPAIGN_SCHEDULED) &&
              same(CampaignStatus::active, CQ_CAMPAIGN_ACTIVE) &&
              same(CampaignStatus::paused, CQ_CAMPAIGN_PAUSED) &&
              same(CampaignStatus::completed, CQ_CAMPAIGN_COMPLETED));
static_assert(same(kLastQueued, CQ_QUEUED_CALL_SKIPPED) &&
              same(QueuedCallStatus::processing, CQ_QUEUED_CALL_PROCESSING) &&
              same(QueuedCallStatus::completed, CQ_QUEUED_CALL_COMPLETED) &&
              same(QueuedCallStatus::failed, CQ_QUEUED_CALL_FAILED) &&
              same(QueuedCallStatus::cancelled, CQ_QUEUED_CALL_CANCELLED));
static_assert(same(kLastCall, CQ_CALL_UNKNOWN) && same(CallStatus::ringing, CQ_CALL_RINGING) &&
              same(CallStatus::in_progress, CQ_CALL_IN_PROGRESS) &&
              same(CallStatus::completed, CQ_CALL_COMPLETED) &&
              same(CallStatus::busy, CQ_CALL_BUSY) &&
              same(CallStatus::no_answer, CQ_CALL_NO_ANSWER) &&
              same(CallStatus::failed, CQ_CALL_FAILED) &&
              same(CallStatus::cancelled, CQ_CALL_CANCELLED));
static_assert(same(CallOutcome::unknown, CQ_OUTCOME_UNKNOWN) &&
              same(CallOutcome::voicemail, CQ_OUTCOME_VOICEMAIL) &&
              same(CallOutcome::busy, CQ_OUTCOME_BUSY) &&
              same(CallOutcome::no_answer, CQ_OUTCOME_NO_ANSWER) &&
              same(CallOutcome::failed, CQ_OUTCOME_FAILED) &&
              same(CallOutcome::rejected, CQ_OUTCOME_REJECTED) &&
              same(CallOutcome::cancelled, CQ_OUTCOME_CANCELLED));
static_assert(same(CallType::campaign, CQ_CALL_TYPE_CAMPAIGN));
static_assert(same(ErrorCode::invalid_argument, CQ_INVALID_ARGUMENT) &&
              same(ErrorCode::not_found, CQ_NOT_FOUND) && same(ErrorCode::conflict, CQ_CONFLICT) &&
              same(ErrorCode::limit_reached, CQ_LIMIT_REACHED) &&
              same(ErrorCode::unavailable, CQ_UNAVAILABLE) &&
              same(ErrorCode::corrupt, CQ_CORRUPT) && same(ErrorCode::internal, CQ_INTERNAL));

/// Of a number that is no status nothing holds.
template <class Enum>
std::int32_t holds(std::int32_t status, Enum last, bool (*predicate)(Enum) noexcept) noexcept {
  return is_one(status, last) && predicate(static_cast<Enum>(status));
}

}  // namespace
}  // namespace callqueue::c

using namespace callqueue;

const char* cq_campaign_status_text(int32_t status) { return c::text_of(status, c::kLastCampaign); }
const char* cq_queued_call_status_text(int32_t status) {
  return c::text_of(status, c::kLastQueued);
}
const char* cq_call_status_text(int32_t status) { return c::text_of(status, c::kLastCall); }
const char* cq_call_outcome_text(int32_t outcome) {
  return c::text_of(outcome, CallOutcome::unknown);
}
const char* cq_call_type_text(int32_t type) { return c::text_of(type, CallType::campaign); }

int32_t cq_parse_campaign_status(const char* text) {
  return c::parsed(text, parse_campaign_status);
}
int32_t cq_parse_queued_call_status(const char* text) {
  return c::parsed(text, parse_queued_call_status);
}
int32_t cq_parse_call_status(const char* text) { return c::parsed(text, parse_call_status); }
int32_t cq_parse_call_outcome(const char* text) { return c::parsed(text, parse_call_outcome); }
int32_t cq_parse_call_type(const char* text) { return c::parsed(text, parse_call_type); }

int32_t cq_campaign_can_transition(int32_t from, int32_t to) {
  return c::may_go(from, to, c::kLastCampaign);
}
int32_t cq_queued_call_can_transition(int32_t from, int32_t to) {
  return c::may_go(from, to, c::kLastQueued);
}
int32_t cq_call_can_transition(int32_t from, int32_t to) {
  return c::may_go(from, to, c::kLastCall);
}

int32_t cq_campaign_is_final(int32_t status) {
  return c::holds<CampaignStatus>(status, c::kLastCampaign, is_final);
}
int32_t cq_queued_call_is_final(int32_t status) {
  return c::holds<QueuedCallStatus>(status, c::kLastQueued, is_final);
}
int32_t cq_call_is_active(int32_t status) {
  return c::holds<CallStatus>(status, c::kLastCall, is_active);
}
