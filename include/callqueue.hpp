#pragma once

/// libcallqueue: outbound call campaigns, embeddable. This page shows the whole API.
///
/// - core: values and decisions, pure: models, states, windows, priority, retries, round robin
/// - store: `open_store("sqlite:PATH")` or `"postgresql://…"` remembers, atomically, and claims
/// - services: `CallCampaigns`, `CallQueue`, `import_csv`, `Processor` with your `Dialer`
/// - for servers, with the library `callqueue::access`: `callqueue/access_tokens.hpp`, `digest.hpp`
///
/// Functions return `Result<T>`; nothing throws across the API. Instants are UTC; the store's clock
/// decides.
#include "callqueue/call_campaigns.hpp"
#include "callqueue/call_queue.hpp"
#include "callqueue/campaign_export.hpp"
#include "callqueue/core.hpp"
#include "callqueue/csv_import.hpp"
#include "callqueue/dialer.hpp"
#include "callqueue/observer.hpp"
#include "callqueue/processor.hpp"
#include "callqueue/store.hpp"
#include "callqueue/validate.hpp"
