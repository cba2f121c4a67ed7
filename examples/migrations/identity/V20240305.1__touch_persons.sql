CREATE FUNCTION touch_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER persons_touched BEFORE UPDATE ON persons FOR EACH ROW EXECUTE FUNCTION touch_person();
