-- Who may use a server over the library: tokens, by a hash of their secrets.
SELECT callqueue_take_tables('users');
CREATE TABLE callqueue_access_tokens (
  token_id uuid PRIMARY KEY,
  user_id uuid REFERENCES users (id) ON DELETE CASCADE,  -- NULL: an administrator's
  role text NOT NULL CHECK (role IN ('user', 'administrator')),
  name text NOT NULL,
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  created_at timestamptz NOT NULL,
  expires_at timestamptz,                                -- NULL: never
  revoked_at timestamptz,
  CONSTRAINT callqueue_access_tokens_user_check CHECK ((role = 'user') = (user_id IS NOT NULL)),
  CONSTRAINT callqueue_access_tokens_expiry_check CHECK (expires_at > created_at)
);
CREATE INDEX callqueue_access_tokens_user ON callqueue_access_tokens (user_id, token_id);
