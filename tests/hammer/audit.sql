-- The database's own history: what every committed change left behind, in the order of commit.
--
-- Installed by the test, not by the library. Values are read back from the table, because other
-- triggers may have changed the row after the statement that is being recorded.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  what TEXT NOT NULL,   -- table
  id TEXT NOT NULL,
  data TEXT             -- the row as JSON; NULL: deleted
);

CREATE TRIGGER audit_calls_insert AFTER INSERT ON calls BEGIN
  INSERT INTO audit (what, id, data) SELECT 'calls', c.id, json_object('user', c.user_id, 'row', c.queue_id,
    'campaign', c.campaign_id, 'number', c.phone_number, 'status', c.status, 'attempt', c.attempt,
    'worker', c.leased_by, 'created_at', c.created_at, 'submitted_at', c.submitted_at,
    'lease_expires_at', c.lease_expires_at, 'provider', c.provider_call_id, 'reason', c.failure_reason)
  FROM calls c WHERE c.rowid = NEW.rowid;
END;
CREATE TRIGGER audit_calls_update AFTER UPDATE ON calls BEGIN
  INSERT INTO audit (what, id, data) SELECT 'calls', c.id, json_object('user', c.user_id, 'row', c.queue_id,
    'campaign', c.campaign_id, 'number', c.phone_number, 'status', c.status, 'attempt', c.attempt,
    'worker', c.leased_by, 'created_at', c.created_at, 'submitted_at', c.submitted_at,
    'lease_expires_at', c.lease_expires_at, 'provider', c.provider_call_id, 'reason', c.failure_reason)
  FROM calls c WHERE c.rowid = NEW.rowid;
END;
CREATE TRIGGER audit_calls_delete AFTER DELETE ON calls BEGIN
  INSERT INTO audit (what, id, data) VALUES ('calls', OLD.id, NULL);
END;

CREATE TRIGGER audit_call_queue_insert AFTER INSERT ON call_queue BEGIN
  INSERT INTO audit (what, id, data) SELECT 'call_queue', q.id, json_object('user', q.user_id, 'campaign', q.campaign_id,
    'number', q.phone_number, 'status', q.status, 'priority', q.priority, 'position', q.position,
    'created_at', q.created_at, 'scheduled_for', q.scheduled_for, 'ready', q.ready, 'lane', q.lane_id,
    'attempts', q.attempts, 'call', q.call_id, 'success', q.success, 'contact', q.contact_id)
  FROM call_queue q WHERE q.rowid = NEW.rowid;
END;
CREATE TRIGGER audit_call_queue_update AFTER UPDATE ON call_queue BEGIN
  INSERT INTO audit (what, id, data) SELECT 'call_queue', q.id, json_object('user', q.user_id, 'campaign', q.campaign_id,
    'number', q.phone_number, 'status', q.status, 'priority', q.priority, 'position', q.position,
    'created_at', q.created_at, 'scheduled_for', q.scheduled_for, 'ready', q.ready, 'lane', q.lane_id,
    'attempts', q.attempts, 'call', q.call_id, 'success', q.success, 'contact', q.contact_id)
  FROM call_queue q WHERE q.rowid = NEW.rowid;
END;
CREATE TRIGGER audit_call_queue_delete AFTER DELETE ON call_queue BEGIN
  INSERT INTO audit (what, id, data) VALUES ('call_queue', OLD.id, NULL);
END;

CREATE TRIGGER audit_users_update AFTER UPDATE ON users BEGIN
  INSERT INTO audit (what, id, data) SELECT 'users', u.id, json_object('limit', u.concurrent_calls_limit,
    'ceiling', u.system_concurrent_calls_limit) FROM users u WHERE u.id = NEW.id;
END;
CREATE TRIGGER audit_settings_update AFTER UPDATE OF system_limit ON callqueue_settings BEGIN
  INSERT INTO audit (what, id, data) SELECT 'settings', '1', json_object('system_limit', system_limit)
  FROM callqueue_settings;
END;
CREATE TRIGGER audit_campaigns_update AFTER UPDATE OF status ON call_campaigns BEGIN
  INSERT INTO audit (what, id, data) SELECT 'campaigns', c.id, json_object('user', c.user_id, 'status', c.status)
  FROM call_campaigns c WHERE c.id = NEW.id;
END;
CREATE TRIGGER audit_lanes_insert AFTER INSERT ON callqueue_lanes BEGIN
  INSERT INTO audit (what, id, data) SELECT 'lanes', l.lane_id, json_object('stale', l.stale, 'import', l.import_id)
  FROM callqueue_lanes l WHERE l.lane_id = NEW.lane_id;
END;
CREATE TRIGGER audit_lanes_update AFTER UPDATE OF stale, import_id ON callqueue_lanes BEGIN
  INSERT INTO audit (what, id, data) SELECT 'lanes', l.lane_id, json_object('stale', l.stale, 'import', l.import_id)
  FROM callqueue_lanes l WHERE l.lane_id = NEW.lane_id;
END;
CREATE TRIGGER audit_lanes_delete AFTER DELETE ON callqueue_lanes BEGIN
  INSERT INTO audit (what, id, data) VALUES ('lanes', OLD.lane_id, NULL);
END;

-- What was there already.
INSERT INTO audit (what, id, data) SELECT 'settings', '1', json_object('system_limit', system_limit) FROM callqueue_settings;
INSERT INTO audit (what, id, data) SELECT 'users', id, json_object('limit', concurrent_calls_limit,
  'ceiling', system_concurrent_calls_limit) FROM users;
INSERT INTO audit (what, id, data) SELECT 'campaigns', id, json_object('user', user_id, 'status', status) FROM call_campaigns;
INSERT INTO audit (what, id, data) SELECT 'lanes', lane_id, json_object('stale', stale, 'import', import_id) FROM callqueue_lanes;
INSERT INTO audit (what, id, data) SELECT 'call_queue', q.id, json_object('user', q.user_id, 'campaign', q.campaign_id,
    'number', q.phone_number, 'status', q.status, 'priority', q.priority, 'position', q.position,
    'created_at', q.created_at, 'scheduled_for', q.scheduled_for, 'ready', q.ready, 'lane', q.lane_id,
    'attempts', q.attempts, 'call', q.call_id, 'success', q.success, 'contact', q.contact_id)
  FROM call_queue q;
