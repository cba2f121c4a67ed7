--liquibase formatted sql

--changeset jackpots:tenant-of-pot
ALTER TABLE pots ADD COLUMN tenant text NOT NULL DEFAULT 'house';
COMMENT ON COLUMN pots.tenant IS 'Whose players fill it';
--rollback ALTER TABLE pots DROP COLUMN tenant;

--changeset jackpots:contributions-by-time runInTransaction:false
CREATE INDEX CONCURRENTLY contributions_by_time ON contributions (pot, at);
--rollback DROP INDEX CONCURRENTLY contributions_by_time;

--changeset jackpots:touched splitStatements:false
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a hit is never changed';
END $$;
--rollback DROP FUNCTION forbid_change();

--changeset jackpots:hits-stay
CREATE TRIGGER hits_stay BEFORE UPDATE OR DELETE ON hits FOR EACH ROW EXECUTE FUNCTION forbid_change();
--rollback DROP TRIGGER hits_stay ON hits;
