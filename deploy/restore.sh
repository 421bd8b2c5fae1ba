#!/bin/sh
# Replaces the database by a backup: ./restore.sh backups/n8n-2026-11-22-0215.dump
set -eu
cd "$(dirname "$0")"
file="${1:?Name the backup to restore}"
[ -s "$file" ] || { echo "$file is not there, or empty" >&2; exit 1; }
docker compose stop main worker webhook
docker compose up -d --wait postgres redis
# All or nothing
docker compose exec -T postgres pg_restore --username=n8n --dbname=n8n --clean --if-exists --no-owner --single-transaction <"$file"
# Jobs of executions that the backup does not know
docker compose exec -T redis redis-cli flushall
docker compose up -d
