#!/bin/sh
# Replaces the database with a backup: ./restore.sh backups/n8n-2026-11-22-021500.dump
set -eu
cd "$(dirname "$0")"
file="${1:?Name the backup to restore}"
[ -s "$file" ] || { echo "$file is not there, or empty" >&2; exit 1; }
# The message if this script stops early
done='Nothing was changed.'
sql="$(mktemp ./restore.XXXXXX)"
finish() {
	status=$?
	rm -f "$sql"
	[ "$status" = 0 ] || echo "The restore did not end. $done" >&2
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
docker compose up -d --wait postgres redis
# The backup is read to its end before anything is touched. All or nothing: what ends before the last line changes nothing. What a
# newer n8n has added to the database goes, too
{
	echo 'BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC;'
	docker compose exec -T postgres pg_restore --no-owner --file=- <"$file"
	echo 'COMMIT;'
} >"$sql"
docker compose stop main worker webhook
done='n8n is stopped and the database is as it was. Start n8n with: docker compose up -d'
docker compose exec -T postgres psql --username=n8n --dbname=n8n --quiet --output=/dev/null --set=ON_ERROR_STOP=1 --file=- <"$sql"
done='The database is the one of the backup. Run: docker compose exec redis redis-cli flushall, then docker compose up -d'
# Jobs of executions that the backup does not know
docker compose exec -T redis redis-cli flushall
done='The database is the one of the backup. Start n8n with: docker compose up -d'
docker compose up -d
