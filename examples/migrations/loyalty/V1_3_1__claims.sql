CREATE TABLE claims (
  reward uuid NOT NULL REFERENCES rewards,
  player text NOT NULL REFERENCES members,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (reward, player, claimed_at)
);
