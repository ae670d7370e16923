-- What people tell the service in comments.

-- Commands that were given, each once.
CREATE TABLE commands (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    change_request_id INTEGER NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    -- The platform's name of the comment, or of the button that was pressed.
    comment_id        TEXT    NOT NULL,
    -- The platform's name of what it is answered in.
    thread_id         TEXT,
    -- Whether it is a comment, which can be answered.
    is_comment        INTEGER NOT NULL CHECK (is_comment IN (0, 1)),
    author            TEXT    NOT NULL,
    -- The platform's number of the author's account.
    author_id         INTEGER NOT NULL,
    text              TEXT    NOT NULL,
    -- given: not looked at yet. obeyed, refused (its author may not), misunderstood: looked at.
    state             TEXT    NOT NULL DEFAULT 'given'
        CHECK (state IN ('given', 'obeyed', 'refused', 'misunderstood')),
    given_at          TEXT    NOT NULL,
    ended_at          TEXT,
    CHECK ((state = 'given') = (ended_at IS NULL)),
    UNIQUE (change_request_id, comment_id)
) STRICT;
CREATE INDEX commands_given ON commands (change_request_id, id) WHERE state = 'given';

-- Rules whose findings somebody keeps in a change request.
CREATE TABLE ignored_rules (
    change_request_id INTEGER NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    rule              TEXT    NOT NULL,
    author            TEXT    NOT NULL,
    reason            TEXT,
    ignored_at        TEXT    NOT NULL,
    PRIMARY KEY (change_request_id, rule)
) STRICT;

-- Since when, and by whose wish, pushes are not reviewed.
ALTER TABLE change_requests ADD COLUMN paused_at TEXT;
ALTER TABLE change_requests ADD COLUMN paused_by TEXT;

-- Why a person settled it, in their words.
ALTER TABLE findings ADD COLUMN closed_note TEXT;
