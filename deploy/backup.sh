#!/bin/sh
# Writes the database (workflows, credentials, executions) to backups/. Credentials in it stay encrypted. With BACKUP_TO (a remote of
# rclone, such as offsite:n8n) the backup is also copied there.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p backups
file="backups/n8n-$(date +%Y-%m-%d-%H%M%S).dump"
trap 'rm -f "$file.part"' EXIT
trap 'exit 1' HUP INT TERM
docker compose exec -T postgres pg_dump --username=n8n --dbname=n8n --format=custom >"$file.part"
# An interrupted or empty backup must not look like a whole one: it lists the data of n8n's workflows
list="$(docker compose exec -T postgres pg_restore --list <"$file.part")" || { echo "The backup cannot be read" >&2; exit 1; }
for table in workflow_entity credentials_entity execution_entity; do
	case "$list" in
	*"TABLE DATA public $table"*) ;;
	*) echo "The backup has no table $table" >&2; exit 1 ;;
	esac
done
mv "$file.part" "$file"
echo "$file"
if [ -n "${BACKUP_TO:-}" ]; then
	rclone copy "$file" "$BACKUP_TO" || { echo "$file is here, but could not be copied to $BACKUP_TO" >&2; exit 1; }
fi
