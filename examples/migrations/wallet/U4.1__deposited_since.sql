DROP FUNCTION deposited_since(bigint, timestamptz);
