-- What the analysis knows of a file without reading it again, by what the file holds.
--
-- A row belongs to a repository, although the same content has the same outline everywhere. Who knows a content's name
-- without having the content (names stand in trees, diffs and logs) must learn nothing from it, and an outline tells the
-- names of functions and classes. Between repositories there is little to share anyway: nearly all that a review needs
-- is what earlier reviews of the same repository kept.
CREATE TABLE outlines (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    -- Version of the outline's form; a row of another version is as good as none.
    format        INTEGER NOT NULL,
    -- Git's name for the file's bytes.
    content_id    BLOB    NOT NULL,
    outline       BLOB    NOT NULL,
    -- When a review needed it last, to the day.
    used_at       TEXT    NOT NULL,
    PRIMARY KEY (repository_id, format, content_id)
) STRICT;
CREATE INDEX outlines_used_at ON outlines (used_at);
