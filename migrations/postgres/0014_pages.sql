-- For the pages: which review of a change request is its latest, where a comment of ours is read, where a rule fires, and what
-- came of webhook calls.
--
-- Triggers keep the latest review, so that a process of the version before, which knows nothing of it, keeps it right too.
-- Locks are taken in the order in which transactions of the version before take theirs. What is looked for in all reviews is
-- looked for before change requests are locked: deliveries wait only while it is written down.
LOCK TABLE reviews IN SHARE ROW EXCLUSIVE MODE;
CREATE TEMPORARY TABLE latest ON COMMIT DROP AS
    SELECT DISTINCT ON (change_request_id) change_request_id, id, started_at
    FROM reviews ORDER BY change_request_id, started_at DESC, id DESC;

ALTER TABLE deliveries
    -- What came of it. queued: change requests are looked at. noted: something was written down. ignored: nothing that it
    -- speaks of is known. Null for what a version before this one took.
    ADD COLUMN outcome     text CHECK (outcome IN ('queued', 'noted', 'ignored')),
    -- When it was last taken again by an admin's wish.
    ADD COLUMN replayed_at timestamptz;
CREATE INDEX deliveries_outcome ON deliveries (outcome, received_at) WHERE outcome <> 'queued';

ALTER TABLE threads
    -- The platform's number of its first comment, part of the address at which it is read.
    ADD COLUMN comment_id text;

ALTER TABLE change_requests
    -- Its latest review, and when that one began; null until there is one.
    ADD COLUMN last_review_id bigint,
    ADD COLUMN last_review_at timestamptz;
UPDATE change_requests c SET last_review_id = l.id, last_review_at = l.started_at FROM latest l WHERE l.change_request_id = c.id;
CREATE INDEX change_requests_reviewed ON change_requests (last_review_at DESC, id DESC) WHERE last_review_at IS NOT NULL;
CREATE INDEX change_requests_reviewed_in ON change_requests (repository_id, last_review_at DESC, id DESC)
    WHERE last_review_at IS NOT NULL;

-- Locks the change request before `reviews_begun` locks its repository's totals, as whoever closes it does.
CREATE FUNCTION review_is_latest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE change_requests SET last_review_id = NEW.id, last_review_at = NEW.started_at
    WHERE id = NEW.change_request_id AND (last_review_at IS NULL OR last_review_at <= NEW.started_at);
    RETURN NULL;
END $$;
CREATE TRIGGER reviews_are_latest AFTER INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION review_is_latest();

-- The way from a rule to the repositories and weeks in which it fired.
CREATE INDEX rule_totals_rule ON rule_totals (rule);
CREATE INDEX rule_weeks_rule ON rule_weeks (rule, week);
