CREATE TABLE countries (
  code char(2) PRIMARY KEY,
  name text NOT NULL,
  allowed boolean NOT NULL DEFAULT false
);
INSERT INTO countries (code, name, allowed) VALUES ('MT', 'Malta', true), ('SE', 'Sweden', true), ('FR', 'France', false);
