-- What people's programs prove themselves with to the API.
CREATE TABLE access_tokens (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id     bigint      NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    -- What the person calls it.
    name          text        NOT NULL,
    -- SHA-256 of the token, which is shown once and kept nowhere.
    token_hash    bytea       NOT NULL UNIQUE,
    -- What it may be used for: words with a space between them.
    scopes        text        NOT NULL,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    -- When it was last used, to about an hour; null when it never was.
    last_used_at  timestamptz
);
CREATE INDEX access_tokens_person ON access_tokens (person_id, id);
