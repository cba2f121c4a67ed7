CREATE TABLE settings (
  name text PRIMARY KEY,
  value text NOT NULL
);
INSERT INTO settings VALUES ('schema', '${flyway:defaultSchema}');
