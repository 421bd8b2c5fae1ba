#!/bin/sh
# Writes the database (workflows, credentials, executions) to backups/. Credentials in it stay encrypted.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p backups
file="backups/n8n-$(date +%Y-%m-%d-%H%M).dump"
# An interrupted backup must not look like a whole one
docker compose exec -T postgres pg_dump --username=n8n --dbname=n8n --format=custom >"$file.part"
mv "$file.part" "$file"
echo "$file"
