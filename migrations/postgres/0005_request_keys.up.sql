-- Keys of requests to servers over the library: each is carried out once, and its answer given again for a day.
SELECT callqueue_take_tables('users');
CREATE TABLE callqueue_request_keys (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  request_key text NOT NULL,
  attempt_id uuid NOT NULL,
  begun_at timestamptz NOT NULL,
  fingerprint bytea CHECK (octet_length(fingerprint) = 32),
  status integer,                              -- NULL, as all but the first four: under way
  content_type text,
  location text,
  body text,
  PRIMARY KEY (user_id, request_key),
  CONSTRAINT callqueue_request_keys_answer_check CHECK (
    num_nulls(status, fingerprint, content_type, location, body) IN (0, 5))
);
CREATE INDEX callqueue_request_keys_begun ON callqueue_request_keys (begun_at);
