-- What people tell the service in comments.

-- Commands that were given, each once.
CREATE TABLE commands (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_request_id bigint      NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    -- The platform's name of the comment, or of the button that was pressed.
    comment_id        text        NOT NULL,
    -- The platform's name of what it is answered in.
    thread_id         text,
    -- Whether it is a comment, which can be answered.
    is_comment        boolean     NOT NULL,
    author            text        NOT NULL,
    -- The platform's number of the author's account.
    author_id         bigint      NOT NULL,
    text              text        NOT NULL,
    -- given: not looked at yet. obeyed, refused (its author may not), misunderstood: looked at.
    state             text        NOT NULL DEFAULT 'given'
        CHECK (state IN ('given', 'obeyed', 'refused', 'misunderstood')),
    given_at          timestamptz NOT NULL,
    ended_at          timestamptz,
    CHECK ((state = 'given') = (ended_at IS NULL)),
    UNIQUE (change_request_id, comment_id)
);
CREATE INDEX commands_given ON commands (change_request_id, id) WHERE state = 'given';

-- Rules whose findings somebody keeps in a change request.
CREATE TABLE ignored_rules (
    change_request_id bigint      NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    rule              text        NOT NULL,
    author            text        NOT NULL,
    reason            text,
    ignored_at        timestamptz NOT NULL,
    PRIMARY KEY (change_request_id, rule)
);

-- Since when, and by whose wish, pushes are not reviewed.
ALTER TABLE change_requests ADD COLUMN paused_at timestamptz;
ALTER TABLE change_requests ADD COLUMN paused_by text;

-- Why a person settled it, in their words.
ALTER TABLE findings ADD COLUMN closed_note text;
