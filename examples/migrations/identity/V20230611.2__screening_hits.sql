CREATE INDEX screenings_hits ON screenings (person) WHERE hit; -- the table is empty
-- croupier:allow index-blocks-writes
