-- Lost: what is remembered of rows that imports rejected.
DROP TRIGGER callqueue_import_errors_campaign_delete;
DROP TABLE callqueue_import_errors;
