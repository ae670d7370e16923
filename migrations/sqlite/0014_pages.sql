-- For the pages: which review of a change request is its latest, where a comment of ours is read, where a rule fires, and what
-- came of webhook calls.

-- What came of it. queued: change requests are looked at. noted: something was written down. ignored: nothing that it speaks
-- of is known. Null for what a version before this one took.
ALTER TABLE deliveries ADD COLUMN outcome TEXT CHECK (outcome IN ('queued', 'noted', 'ignored'));
-- When it was last taken again by an admin's wish.
ALTER TABLE deliveries ADD COLUMN replayed_at TEXT;
CREATE INDEX deliveries_outcome ON deliveries (outcome, received_at) WHERE outcome <> 'queued';

ALTER TABLE threads
    -- The platform's number of its first comment, part of the address at which it is read.
    ADD COLUMN comment_id TEXT;

-- Its latest review, and when that one began; null until there is one. A trigger keeps them.
ALTER TABLE change_requests ADD COLUMN last_review_id INTEGER;
ALTER TABLE change_requests ADD COLUMN last_review_at TEXT;
UPDATE change_requests SET last_review_id = (SELECT v.id FROM reviews v WHERE v.change_request_id = change_requests.id
    ORDER BY v.started_at DESC, v.id DESC LIMIT 1);
UPDATE change_requests SET last_review_at = (SELECT v.started_at FROM reviews v WHERE v.id = last_review_id);
CREATE INDEX change_requests_reviewed ON change_requests (last_review_at DESC, id DESC) WHERE last_review_at IS NOT NULL;
CREATE INDEX change_requests_reviewed_in ON change_requests (repository_id, last_review_at DESC, id DESC)
    WHERE last_review_at IS NOT NULL;
CREATE TRIGGER reviews_are_latest AFTER INSERT ON reviews BEGIN
    UPDATE change_requests SET last_review_id = NEW.id, last_review_at = NEW.started_at
    WHERE id = NEW.change_request_id AND (last_review_at IS NULL OR last_review_at <= NEW.started_at);
END;

-- The way from a rule to the repositories and weeks in which it fired.
CREATE INDEX rule_totals_rule ON rule_totals (rule);
CREATE INDEX rule_weeks_rule ON rule_weeks (rule, week);
