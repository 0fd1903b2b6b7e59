-- Lost: which requests were carried out already.
DROP TRIGGER callqueue_request_keys_user_delete;
DROP TABLE callqueue_request_keys;
