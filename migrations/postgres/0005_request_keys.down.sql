-- Lost: which requests were carried out already.
SELECT callqueue_take_tables('users');
DROP TABLE callqueue_request_keys;
