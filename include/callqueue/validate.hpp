#pragma once

#include "callqueue/export.hpp"
#include "callqueue/models.hpp"
#include "callqueue/result.hpp"

namespace callqueue {

/// The checks that values must pass: `Store` makes them for users, agents and contacts, the
/// services for campaigns. Here for whoever wants to know beforehand.
///
/// Texts are UTF-8 without NUL; names have at most 255 characters, free texts at most 64 KiB. Each
/// returns `invalid_argument` naming the field by its column.

/// `name`, `email`, `timezone` (known or empty) and both limits (not negative).
[[nodiscard]] CALLQUEUE_API Result<void> validate(const User& user);
/// `user_id` and `name`.
[[nodiscard]] CALLQUEUE_API Result<void> validate(const Agent& agent);
/// `user_id`, `phone_number` (E.164), `timezone` (known or empty) and the texts.
[[nodiscard]] CALLQUEUE_API Result<void> validate(const Contact& contact);
/// `user_id`, `name`, `agent_id`, texts, window, dates, `timezone`, `retry` and `call_deadline` (1
/// min to 24 h). At most 96 windows a day, 3,660 excluded dates, 100 retry delays.
[[nodiscard]] CALLQUEUE_API Result<void> validate(const CallCampaign& campaign);
/// `name` (1 to 255 characters) and `user_id`, which an administrator's token has not.
[[nodiscard]] CALLQUEUE_API Result<void> validate(const AccessToken& token);

}  // namespace callqueue
