-- The span in which somebody asked last for the job, in the form of the header `traceparent`: what its worker does belongs to that
-- trace.
ALTER TABLE jobs ADD COLUMN trace TEXT;
