#!/bin/bash
# What the image's page promises (https://hub.docker.com/_/postgres): a new volume gets the user, the password and the
# database of POSTGRES_*, then the scripts of /docker-entrypoint-initdb.d, while the server listens on its socket alone.
set -euo pipefail

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  : "${POSTGRES_PASSWORD:?is required to make a database}"
  initdb --username="$user" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") --auth-local=trust --auth-host=scram-sha-256
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"

  export PGPASSWORD=$POSTGRES_PASSWORD POSTGRES_USER=$user POSTGRES_DB=$database
  pg_ctl --wait --options="-c listen_addresses=''" start
  if [ "$database" != postgres ]; then
    psql --set ON_ERROR_STOP=1 --username="$user" --dbname=postgres --set name="$database" \
      <<< 'CREATE DATABASE :"name";'
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh) if [ -x "$script" ]; then "$script"; else source "$script"; fi ;;
      *.sql) psql --set ON_ERROR_STOP=1 --username="$user" --dbname="$database" --file="$script" ;;
    esac
  done
  pg_ctl --wait --mode=fast stop
  unset PGPASSWORD
fi

exec "$@" -c listen_addresses='*'
