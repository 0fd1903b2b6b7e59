-- Takes the queue back. The host's tables stay, without the two limits.
DROP TABLE call_queue;
DROP TABLE calls;
DROP TABLE call_campaigns;
DROP INDEX users_email_unique;
ALTER TABLE users DROP COLUMN system_concurrent_calls_limit;
ALTER TABLE users DROP COLUMN concurrent_calls_limit;
