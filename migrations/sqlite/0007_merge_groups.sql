-- Temporary commits of a merge queue, on which the gate of a change request is to be shown again.
CREATE TABLE merge_groups (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    change_request_id INTEGER NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    -- The temporary commit.
    head_sha          TEXT    NOT NULL,
    asked_at          TEXT    NOT NULL,
    -- When its gate was set, or the group was given up.
    ended_at          TEXT,
    UNIQUE (change_request_id, head_sha)
) STRICT;
CREATE INDEX merge_groups_waiting ON merge_groups (change_request_id, id) WHERE ended_at IS NULL;
