-- The rows that imports into a campaign rejected: to be read when the import's own report is gone. An import that is taken back
-- leaves them.
CREATE TABLE callqueue_import_errors (
  user_id TEXT NOT NULL,
  campaign_id TEXT NOT NULL,
  import_id TEXT NOT NULL,                     -- the import itself is gone soon after its end
  number INTEGER NOT NULL,                     -- within the import, from 1
  imported_at INTEGER NOT NULL,
  line INTEGER NOT NULL,                       -- of the file; 0: of no line
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  reason TEXT NOT NULL,
  record TEXT NOT NULL,                        -- the row as it stood
  PRIMARY KEY (user_id, campaign_id, import_id, number),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE
) WITHOUT ROWID;

-- What the foreign key does is done here as well: the shell leaves foreign keys off.
CREATE TRIGGER callqueue_import_errors_campaign_delete BEFORE DELETE ON call_campaigns
BEGIN
  DELETE FROM callqueue_import_errors WHERE user_id = OLD.user_id AND campaign_id = OLD.id;
END;
