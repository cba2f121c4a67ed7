DROP TRIGGER entries_move_balance ON entries;
DROP FUNCTION move_balance();
