CREATE FUNCTION move_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE balances SET cents = cents + NEW.cents WHERE account = NEW.account;
  RETURN NEW;
END
$$;
CREATE TRIGGER entries_move_balance AFTER INSERT ON entries FOR EACH ROW EXECUTE FUNCTION move_balance();
