-- Takes the queue back. The host's tables stay, with the two limits.
DROP TABLE call_queue;
DROP TABLE calls;
DROP TABLE call_campaigns;
DROP INDEX users_email_unique;
