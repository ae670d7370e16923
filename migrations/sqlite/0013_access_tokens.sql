-- What people's programs prove themselves with to the API.
CREATE TABLE access_tokens (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    person_id     INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- What the person calls it.
    name          TEXT NOT NULL,
    -- SHA-256 of the token, which is shown once and kept nowhere.
    token_hash    BLOB NOT NULL UNIQUE,
    -- What it may be used for: words with a space between them.
    scopes        TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    -- When it was last used, to about an hour; null when it never was.
    last_used_at  TEXT
) STRICT;
CREATE INDEX access_tokens_person ON access_tokens (person_id, id);
