--liquibase formatted sql

--changeset jackpots:hits
--comment: a pot that somebody has won
CREATE TABLE hits (
  pot bigint NOT NULL REFERENCES pots,
  round bigint NOT NULL,
  player uuid NOT NULL,
  amount numeric(20, 4) NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pot, round)
);
CREATE INDEX hits_of_player ON hits (player, at);
--rollback DROP TABLE hits;

--changeset jackpots:value-of-pot splitStatements:false
--comment: what whoever hits the pot now would get
CREATE FUNCTION value_of(wanted bigint) RETURNS numeric LANGUAGE plpgsql STABLE AS $$
DECLARE
  last_hit timestamptz;
BEGIN
  SELECT max(at) INTO last_hit FROM hits WHERE pot = wanted;
  RETURN (SELECT seed FROM pots WHERE id = wanted)
    + (SELECT coalesce(sum(amount), 0) FROM contributions
       WHERE pot = wanted AND at > coalesce(last_hit, '-infinity'));
END $$;
--rollback DROP FUNCTION value_of(bigint);

--changeset jackpots:open-pots
CREATE VIEW open_pots AS SELECT id, name, currency FROM pots WHERE state = 'open';
/* liquibase rollback
DROP VIEW open_pots;
*/
