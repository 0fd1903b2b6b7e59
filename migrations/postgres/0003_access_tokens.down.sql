-- Lost: the access tokens.
SELECT callqueue_take_tables('users');
DROP TABLE callqueue_access_tokens;
