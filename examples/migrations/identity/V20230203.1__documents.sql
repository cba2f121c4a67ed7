CREATE TABLE documents (
  id uuid PRIMARY KEY,
  person uuid NOT NULL REFERENCES persons ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('passport', 'identity-card', 'driving-licence')),
  number text NOT NULL,
  expires_on date
);
CREATE INDEX documents_of_person ON documents (person);
