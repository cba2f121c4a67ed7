-- A constraint cannot be made unproven again: it is made anew.
ALTER TABLE entries DROP CONSTRAINT entries_move_money;
ALTER TABLE entries ADD CONSTRAINT entries_move_money CHECK (cents <> 0) NOT VALID;
