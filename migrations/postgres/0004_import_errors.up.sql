-- The rows that imports into a campaign rejected: to be read when the import's own report is gone. An import that is taken back
-- leaves them.
SELECT callqueue_take_tables('call_campaigns');
CREATE TABLE callqueue_import_errors (
  user_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  import_id uuid NOT NULL,                     -- the import itself is gone soon after its end
  number integer NOT NULL,                     -- within the import, from 1; 0: the columns of its file, in record
  imported_at timestamptz NOT NULL,
  line bigint NOT NULL,                        -- of the file; 0: of no line
  field text NOT NULL,
  value text NOT NULL,
  reason text NOT NULL,
  record text NOT NULL,                        -- the row as it stood
  PRIMARY KEY (user_id, campaign_id, import_id, number),
  FOREIGN KEY (campaign_id, user_id) REFERENCES call_campaigns (id, user_id) ON DELETE CASCADE
);
