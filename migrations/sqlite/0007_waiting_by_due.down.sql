DROP INDEX callqueue_waiting;
CREATE INDEX callqueue_waiting ON call_queue (lane_id) WHERE status = 'queued' AND ready = 0;
