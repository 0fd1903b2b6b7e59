-- Lost: the access tokens.
DROP TRIGGER callqueue_access_tokens_user_delete;
DROP TABLE callqueue_access_tokens;
