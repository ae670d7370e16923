-- A repository's settings may let everybody see its badge.

-- Whether they did at that commit of the default branch.
ALTER TABLE baselines ADD COLUMN badge INTEGER NOT NULL DEFAULT FALSE;
