ALTER TABLE entries ADD CONSTRAINT entries_move_money CHECK (cents <> 0) NOT VALID;
