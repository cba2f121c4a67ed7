ALTER TABLE entries ADD COLUMN note text;
COMMENT ON COLUMN entries.note IS 'Why a person booked it';
