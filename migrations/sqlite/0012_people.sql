-- Who signs in to the dashboard, and what they may see there.

CREATE TABLE people (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Who vouches for them: a platform, an OpenID provider, or the service itself for whoever has its one-time token.
    provider      TEXT NOT NULL CHECK (provider IN ('github', 'gitlab', 'oidc', 'local')),
    -- The provider's own name for them, which never goes to somebody else.
    subject       TEXT NOT NULL,
    -- Their login as last heard.
    login         TEXT NOT NULL,
    -- What lets us ask the provider in their name, sealed with the service's key; null when there is nothing to ask.
    sealed_grant  BLOB,
    -- When the platform was last asked which repositories they can read; null when it never was.
    readable_at   TEXT,
    -- Until when somebody has taken it on to ask; null when nobody has.
    asking_until  TEXT,
    created_at    TEXT NOT NULL,
    signed_in_at  TEXT NOT NULL,
    UNIQUE (provider, subject)
) STRICT;

-- The repositories that a person can read on their platform, as last asked there.
CREATE TABLE readable_repositories (
    person_id     INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, repository_id)
) STRICT;
CREATE INDEX readable_repositories_repository ON readable_repositories (repository_id);

CREATE TABLE sessions (
    -- SHA-256 of what the cookie says.
    token_hash    BLOB PRIMARY KEY,
    person_id     INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at    TEXT NOT NULL,
    expires_at    TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Keys that the service made for itself.
CREATE TABLE service_keys (
    name          TEXT PRIMARY KEY,
    value         BLOB NOT NULL,
    created_at    TEXT NOT NULL
) STRICT;
