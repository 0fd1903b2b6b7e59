-- A provider's events name a call by an id alone, its own or ours: whose the call is has yet to be found.
CREATE INDEX callqueue_calls_id ON calls (id, user_id);
DROP INDEX callqueue_calls_provider;
CREATE INDEX callqueue_calls_provider ON calls (provider_call_id, user_id) WHERE provider_call_id IS NOT NULL;
