#pragma once

/// The core: values and decisions, pure, header-only, usable without a store.
#include "callqueue/call_event.hpp"
#include "callqueue/calling_rules.hpp"
#include "callqueue/clock.hpp"
#include "callqueue/forecast.hpp"
#include "callqueue/models.hpp"
#include "callqueue/priority.hpp"
#include "callqueue/result.hpp"
#include "callqueue/retry.hpp"
#include "callqueue/round_robin.hpp"
#include "callqueue/spread.hpp"
#include "callqueue/state.hpp"
#include "callqueue/time.hpp"
#include "callqueue/time_zone.hpp"
#include "callqueue/uuid.hpp"
