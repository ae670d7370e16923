-- What is kept, for how long, and who did what: removed installations, names over renames, settings that reviews used,
-- payloads that can go before their deliveries, who settled a finding, an audit log.

ALTER TABLE installations
    -- Login of the account that it is on, as last heard.
    ADD COLUMN account      text,
    -- When the platform last told of it.
    ADD COLUMN updated_at   timestamptz,
    -- Set while it is suspended: nothing can be read, nothing is forgotten.
    ADD COLUMN suspended_at timestamptz,
    -- Set when it was uninstalled; its data goes after the grace time.
    ADD COLUMN removed_at   timestamptz;
CREATE INDEX installations_removed ON installations (removed_at) WHERE removed_at IS NOT NULL;

ALTER TABLE repositories
    -- Set when it was taken out of its installation; its data goes after the grace time.
    ADD COLUMN removed_at timestamptz;
CREATE INDEX repositories_removed ON repositories (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX repositories_installation ON repositories (installation_id);

-- Names that a repository has or had, so that an old name leads to it.
CREATE TABLE repository_names (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository_id bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    full_name     text        NOT NULL,
    first_taken_at timestamptz NOT NULL,
    -- When it last became the repository's name, after another one.
    last_taken_at  timestamptz NOT NULL,
    UNIQUE (repository_id, full_name),
    CHECK (first_taken_at <= last_taken_at)
);
CREATE INDEX repository_names_name ON repository_names (lower(full_name));
INSERT INTO repository_names (repository_id, full_name, first_taken_at, last_taken_at)
    SELECT id, full_name, created_at, updated_at FROM repositories;

ALTER TABLE deliveries
    -- What the call speaks of, so that it goes with it.
    ADD COLUMN repository_id      bigint REFERENCES repositories (id) ON DELETE CASCADE,
    ADD COLUMN installation_id    bigint REFERENCES installations (id) ON DELETE CASCADE,
    -- Set when the payload was emptied; the key stays longer, to know a call that is sent again.
    ADD COLUMN payload_dropped_at timestamptz;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_dropped_is_empty
    CHECK (payload_dropped_at IS NULL OR length(payload) = 0) NOT VALID;
CREATE INDEX deliveries_repository ON deliveries (repository_id) WHERE repository_id IS NOT NULL;
CREATE INDEX deliveries_installation ON deliveries (installation_id) WHERE installation_id IS NOT NULL;
CREATE INDEX deliveries_payload ON deliveries (received_at) WHERE payload_dropped_at IS NULL;

-- Settings of repositories as reviews read them, each content once.
CREATE TABLE settings_snapshots (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository_id bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    -- SHA-256 of the content, in hexadecimal digits.
    digest        text        NOT NULL CHECK (length(digest) = 64),
    -- What the repository's files state; absent where nothing of its code is kept.
    content       jsonb,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    UNIQUE (repository_id, digest),
    CHECK (first_seen_at <= last_seen_at)
);

ALTER TABLE reviews
    -- The settings that it used, where it read any.
    ADD COLUMN settings_id bigint REFERENCES settings_snapshots (id) ON DELETE SET NULL;
CREATE INDEX reviews_settings ON reviews (settings_id) WHERE settings_id IS NOT NULL;

ALTER TABLE findings
    -- Login of who settled it, where the platform says so.
    ADD COLUMN closed_by     text,
    -- How a person settled it. thread: they resolved its thread.
    ADD COLUMN closed_reason text;
ALTER TABLE findings ADD CONSTRAINT findings_persons_settle
    CHECK (state = 'settled' OR (closed_by IS NULL AND closed_reason IS NULL)) NOT VALID;

ALTER TABLE change_requests
    -- The platform's name for our summary comment, once it was written.
    ADD COLUMN summary_id text;
CREATE INDEX change_requests_ended ON change_requests (updated_at) WHERE state <> 'open';

-- Who did what to what is kept here. Holds names, never code.
CREATE TABLE audit_log (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    -- A part of the service, or `@` and a person's login on the platform.
    actor   text        NOT NULL
        CHECK (actor IN ('retention', 'uninstall', 'operator', 'platform', 'unknown') OR actor LIKE '@_%'),
    action  text        NOT NULL CHECK (action ~ '^[a-z]+(-[a-z]+)*$'),
    -- What it was done to: `github/octo/loops#7`, `github/installation/5`, `store`.
    subject text        NOT NULL,
    details jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_at ON audit_log (at);

-- What is done now and then by whichever process comes first.
CREATE TABLE chores (
    name    text        PRIMARY KEY,
    -- Nobody does it before; whoever moves this on does it.
    next_at timestamptz NOT NULL,
    -- How far it got, where it goes through a table by id.
    done_to bigint      NOT NULL DEFAULT 0
);
