-- Temporary commits of a merge queue, on which the gate of a change request is to be shown again.
CREATE TABLE merge_groups (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_request_id bigint      NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    -- The temporary commit.
    head_sha          text        NOT NULL,
    asked_at          timestamptz NOT NULL,
    -- When its gate was set, or the group was given up.
    ended_at          timestamptz,
    UNIQUE (change_request_id, head_sha)
);
CREATE INDEX merge_groups_waiting ON merge_groups (change_request_id, id) WHERE ended_at IS NULL;
