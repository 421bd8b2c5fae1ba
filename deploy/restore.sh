#!/bin/sh
# Replaces the database by a backup: ./restore.sh backups/n8n-2026-11-22-0215.dump
set -eu
cd "$(dirname "$0")"
file="${1:?Name the backup to restore}"
[ -s "$file" ] || { echo "$file is not there, or empty" >&2; exit 1; }
docker compose up -d --wait postgres redis
# The backup is read to its end before anything is touched
sql="$(mktemp ./restore.XXXXXX)"
trap 'rm -f "$sql"' EXIT
trap 'exit 1' HUP INT TERM
# All or nothing: what ends before the last line changes nothing. What a newer n8n has added to the database goes, too
{
	echo 'BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC;'
	docker compose exec -T postgres pg_restore --no-owner --file=- <"$file"
	echo 'COMMIT;'
} >"$sql"
docker compose stop main worker webhook
docker compose exec -T postgres psql --username=n8n --dbname=n8n --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --file=- <"$sql"
# Jobs of executions that the backup does not know
docker compose exec -T redis redis-cli flushall
docker compose up -d
