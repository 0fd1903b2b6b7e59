#pragma once

#include "provider_events.hpp"
#include "router.hpp"
#include "webhook_signature.hpp"

namespace rest {

/// What the provider's side of the server works with. Everything in it is thread-safe.
struct Webhook {
  WebhookSignature signature;
  ProviderEvents events;
};

/// `POST /webhooks/calls`. Without a secret it refuses everything.
void add_webhook_routes(Router& router, Webhook& webhook);

}  // namespace rest
