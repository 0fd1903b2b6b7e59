#pragma once

#include <cstddef>
#include <string_view>

#include "callqueue/call_campaign.hpp"
#include "callqueue/campaign_outlook.hpp"
#include "callqueue/claim.hpp"
#include "callqueue/page.hpp"
#include "callqueue/result.hpp"
#include "utf8.hpp"

namespace callqueue {

/// Checks of inputs that several services share. Each names the field.

/// As `check_short_text`, and not blank.
[[nodiscard]] Result<void> check_name(std::string_view name, std::string_view field = "name");
/// Known or empty.
[[nodiscard]] Result<void> check_timezone(std::string_view name);
[[nodiscard]] Result<void> check_limit(int limit, std::string_view field);
[[nodiscard]] Result<void> check_page(const Page& page);
[[nodiscard]] Result<void> check_claim(const ClaimRequest& request);
/// What says when and how often a campaign calls: zone, window, dates, retries, deadline.
[[nodiscard]] Result<void> check_rules(const CallCampaign& campaign);
[[nodiscard]] Result<void> check_assumptions(const CampaignAssumptions& assumptions);

}  // namespace callqueue
