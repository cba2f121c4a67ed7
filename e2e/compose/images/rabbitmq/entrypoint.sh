#!/bin/bash
# What the image's page promises (https://hub.docker.com/_/rabbitmq): a new broker has the user of RABBITMQ_DEFAULT_*
# as its administrator, who may come from everywhere.
set -euo pipefail

cat > /tmp/rabbitmq.conf <<CONF
default_user = ${RABBITMQ_DEFAULT_USER:-guest}
default_pass = ${RABBITMQ_DEFAULT_PASS:-guest}
log.console = true
CONF
chmod 600 /tmp/rabbitmq.conf
export RABBITMQ_CONFIG_FILE=/tmp/rabbitmq.conf
# It opens a log of upgrades even where all goes to the console.
export RABBITMQ_LOG_BASE=/tmp
exec "$@"
