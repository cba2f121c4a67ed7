ALTER TABLE entries VALIDATE CONSTRAINT entries_move_money;
