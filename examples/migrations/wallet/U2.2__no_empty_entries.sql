ALTER TABLE entries DROP CONSTRAINT entries_move_money;
