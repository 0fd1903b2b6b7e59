-- Keys of requests to servers over the library: each is carried out once, and its answer given again for a day.
CREATE TABLE callqueue_request_keys (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  request_key TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  fingerprint BLOB CHECK (typeof(fingerprint) = 'blob' AND length(fingerprint) = 32 OR fingerprint IS NULL),
  status INTEGER,                              -- NULL, as all but the first four: under way
  content_type TEXT,
  location TEXT,
  body TEXT,
  PRIMARY KEY (user_id, request_key),
  CHECK ((status IS NULL) = (fingerprint IS NULL) AND (status IS NULL) = (content_type IS NULL)
         AND (status IS NULL) = (location IS NULL) AND (status IS NULL) = (body IS NULL))
);
CREATE INDEX callqueue_request_keys_begun ON callqueue_request_keys (begun_at);

-- What the foreign key does is done here as well: the shell leaves foreign keys off.
CREATE TRIGGER callqueue_request_keys_user_delete BEFORE DELETE ON users
BEGIN
  DELETE FROM callqueue_request_keys WHERE user_id = OLD.id;
END;
