#!/bin/sh
# Runs once, when the volume is new. Unleash owns its database and sees nothing of ours.
psql --set ON_ERROR_STOP=1 --set password="$UNLEASH_DATABASE_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE unleash LOGIN PASSWORD :'password';
CREATE DATABASE unleash OWNER unleash;
REVOKE CONNECT ON DATABASE :"DBNAME" FROM PUBLIC;
SQL
