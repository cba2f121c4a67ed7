--liquibase formatted sql

--changeset jackpots:pots
--comment: what players fill and one of them wins
CREATE TABLE pots (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  currency char(3) NOT NULL,
  seed numeric(20, 4) NOT NULL CHECK (seed >= 0)
);
--rollback DROP TABLE pots;

--changeset jackpots:contributions
--comment: what a bet adds to a pot
CREATE TABLE contributions (
  pot bigint NOT NULL REFERENCES pots,
  round bigint NOT NULL,
  amount numeric(20, 4) NOT NULL CHECK (amount > 0),
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (pot, round)
);
--rollback DROP TABLE contributions;

--changeset jackpots:pot-states
CREATE TYPE pot_state AS ENUM ('open', 'hit', 'closed');
--rollback DROP TYPE pot_state;

--changeset jackpots:state-of-pot
ALTER TABLE pots ADD COLUMN state pot_state NOT NULL DEFAULT 'open';
--rollback ALTER TABLE pots DROP COLUMN state;

--changeset jackpots:first-pots labels:seeds
INSERT INTO pots (name, currency, seed) VALUES ('mini', 'EUR', 100), ('mega', 'EUR', 100000);
--rollback DELETE FROM pots WHERE name IN ('mini', 'mega');
