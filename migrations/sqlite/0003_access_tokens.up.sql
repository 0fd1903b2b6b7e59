-- Who may use a server over the library: tokens, by a hash of their secrets.
CREATE TABLE callqueue_access_tokens (
  token_id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,  -- NULL: an administrator's
  role TEXT NOT NULL CHECK (role IN ('user', 'administrator')),
  name TEXT NOT NULL,
  secret_hash BLOB NOT NULL CHECK (typeof(secret_hash) = 'blob' AND length(secret_hash) = 32),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,                                    -- NULL: never
  revoked_at INTEGER,
  CHECK ((role = 'user') = (user_id IS NOT NULL)),
  CHECK (expires_at > created_at)
) WITHOUT ROWID;
CREATE INDEX callqueue_access_tokens_user ON callqueue_access_tokens (user_id, token_id);

-- What the foreign key does is done here as well: the shell leaves foreign keys off.
CREATE TRIGGER callqueue_access_tokens_user_delete BEFORE DELETE ON users
BEGIN
  DELETE FROM callqueue_access_tokens WHERE user_id = OLD.id;
END;
