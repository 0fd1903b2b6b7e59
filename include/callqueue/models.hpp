#pragma once

/// The rows of the library's tables as values. One header a model.
#include "callqueue/access_token.hpp"
#include "callqueue/agent.hpp"
#include "callqueue/call.hpp"
#include "callqueue/call_campaign.hpp"
#include "callqueue/contact.hpp"
#include "callqueue/queued_call.hpp"
#include "callqueue/user.hpp"
