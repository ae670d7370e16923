-- What is kept, for how long, and who did what: removed installations, names over renames, settings that reviews used,
-- payloads that can go before their deliveries, who settled a finding, an audit log.

-- Login of the account that it is on, as last heard.
ALTER TABLE installations ADD COLUMN account      TEXT;
-- When the platform last told of it.
ALTER TABLE installations ADD COLUMN updated_at   TEXT;
-- Set while it is suspended: nothing can be read, nothing is forgotten.
ALTER TABLE installations ADD COLUMN suspended_at TEXT;
-- Set when it was uninstalled; its data goes after the grace time.
ALTER TABLE installations ADD COLUMN removed_at   TEXT;
CREATE INDEX installations_removed ON installations (removed_at) WHERE removed_at IS NOT NULL;

-- Set when it was taken out of its installation; its data goes after the grace time.
ALTER TABLE repositories ADD COLUMN removed_at TEXT;
CREATE INDEX repositories_removed ON repositories (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX repositories_installation ON repositories (installation_id);

-- Names that a repository has or had, so that an old name leads to it.
CREATE TABLE repository_names (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    repository_id INTEGER     NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    full_name     TEXT        NOT NULL,
    first_taken_at TEXT NOT NULL,
    -- When it last became the repository's name, after another one.
    last_taken_at  TEXT NOT NULL,
    UNIQUE (repository_id, full_name),
    CHECK (first_taken_at <= last_taken_at)
) STRICT;
CREATE INDEX repository_names_name ON repository_names (lower(full_name));
INSERT INTO repository_names (repository_id, full_name, first_taken_at, last_taken_at)
    SELECT id, full_name, created_at, updated_at FROM repositories;

-- What the call speaks of, so that it goes with it.
ALTER TABLE deliveries ADD COLUMN repository_id      INTEGER REFERENCES repositories (id) ON DELETE CASCADE;
ALTER TABLE deliveries ADD COLUMN installation_id    INTEGER REFERENCES installations (id) ON DELETE CASCADE;
-- Set when the payload was emptied; the key stays longer, to know a call that is sent again.
ALTER TABLE deliveries ADD COLUMN payload_dropped_at TEXT CHECK (payload_dropped_at IS NULL OR length(payload) = 0);
CREATE INDEX deliveries_repository ON deliveries (repository_id) WHERE repository_id IS NOT NULL;
CREATE INDEX deliveries_installation ON deliveries (installation_id) WHERE installation_id IS NOT NULL;
CREATE INDEX deliveries_payload ON deliveries (received_at) WHERE payload_dropped_at IS NULL;

-- Settings of repositories as reviews read them, each content once.
CREATE TABLE settings_snapshots (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    repository_id INTEGER     NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    -- SHA-256 of the content, in hexadecimal digits.
    digest        TEXT        NOT NULL CHECK (length(digest) = 64),
    -- What the repository's files state; absent where nothing of its code is kept.
    content       TEXT,
    first_seen_at TEXT NOT NULL,
    last_seen_at  TEXT NOT NULL,
    UNIQUE (repository_id, digest),
    CHECK (first_seen_at <= last_seen_at)
) STRICT;

-- The settings that it used, where it read any.
ALTER TABLE reviews ADD COLUMN settings_id INTEGER REFERENCES settings_snapshots (id) ON DELETE SET NULL;
CREATE INDEX reviews_settings ON reviews (settings_id) WHERE settings_id IS NOT NULL;

-- Login of who settled it, where the platform says so.
ALTER TABLE findings ADD COLUMN closed_by     TEXT CHECK (closed_by IS NULL OR state = 'settled');
-- How a person settled it. thread: they resolved its thread.
ALTER TABLE findings ADD COLUMN closed_reason TEXT CHECK (closed_reason IS NULL OR state = 'settled');

-- The platform's name for our summary comment, once it was written.
ALTER TABLE change_requests ADD COLUMN summary_id TEXT;
CREATE INDEX change_requests_ended ON change_requests (updated_at) WHERE state <> 'open';

-- Who did what to what is kept here. Holds names, never code.
CREATE TABLE audit_log (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      TEXT NOT NULL,
    -- A part of the service, or `@` and a person's login on the platform.
    actor   TEXT NOT NULL
        CHECK (actor IN ('retention', 'uninstall', 'operator', 'platform', 'unknown') OR actor LIKE '@_%'),
    action  TEXT NOT NULL CHECK (action <> '' AND action NOT GLOB '*[^a-z-]*'),
    -- What it was done to: `github/octo/loops#7`, `github/installation/5`, `store`.
    subject TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX audit_log_at ON audit_log (at);

-- What is done now and then by whichever process comes first.
CREATE TABLE chores (
    name    TEXT PRIMARY KEY,
    -- Nobody does it before; whoever moves this on does it.
    next_at TEXT NOT NULL,
    -- How far it got, where it goes through a table by id.
    done_to INTEGER NOT NULL DEFAULT 0
) STRICT;
