-- Lists of what waits, and when the first of a lane is due, without a look at all that waits.
DROP INDEX callqueue_waiting;
CREATE INDEX callqueue_waiting ON call_queue (lane_id, scheduled_for) WHERE status = 'queued' AND ready = 0;
