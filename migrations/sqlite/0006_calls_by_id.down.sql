DROP INDEX callqueue_calls_id;
DROP INDEX callqueue_calls_provider;
CREATE INDEX callqueue_calls_provider ON calls (user_id, provider_call_id) WHERE provider_call_id IS NOT NULL;
