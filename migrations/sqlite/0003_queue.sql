-- The queue takes turns by lanes, and remembers which lanes the platform holds back.

-- When it was taken last: the lane that was served longest ago has its turn.
ALTER TABLE jobs ADD COLUMN claimed_at TEXT;

-- Lanes whose jobs wait until then, as the platform asked for.
CREATE TABLE lane_holds (
    lane       TEXT NOT NULL PRIMARY KEY,
    held_until TEXT NOT NULL
) STRICT;

CREATE INDEX jobs_waiting ON jobs (lane, priority DESC, run_at, id) WHERE state = 'queued';
CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 'queued';
CREATE INDEX jobs_served ON jobs (lane, claimed_at);
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE state = 'running';
CREATE INDEX jobs_live ON jobs (state) WHERE state <> 'done';
CREATE INDEX jobs_dead ON jobs (ended_at) WHERE state = 'dead';
CREATE INDEX jobs_done ON jobs (ended_at) WHERE state = 'done';
DROP INDEX jobs_queued;

-- Change requests that nobody spoke of for long are looked at again.
CREATE INDEX change_requests_unseen ON change_requests (updated_at) WHERE state = 'open';

-- Which programs can work with this schema: those that know at least this version of it. A migration raises the number
-- when it takes away what the version before the last needs, so that a forgotten old replica stops instead of failing.
CREATE TABLE schema_support (
    only_row INTEGER NOT NULL PRIMARY KEY DEFAULT 1 CHECK (only_row = 1),
    oldest   INTEGER NOT NULL
) STRICT;
INSERT INTO schema_support (oldest) VALUES (2);
