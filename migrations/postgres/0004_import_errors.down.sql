-- Lost: what is remembered of rows that imports rejected.
SELECT callqueue_take_tables('call_campaigns');
DROP TABLE callqueue_import_errors;
