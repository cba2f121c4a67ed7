CREATE TABLE scans (
  document uuid NOT NULL REFERENCES documents ON DELETE CASCADE,
  page smallint NOT NULL,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  PRIMARY KEY (document, page)
);
