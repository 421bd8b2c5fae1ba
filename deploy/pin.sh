#!/bin/sh
# Writes the digests of PostgreSQL, Redis and Caddy to .env, so that a later download is the same image or fails. Run it again to take
# the newest build of the same version.
set -eu
cd "$(dirname "$0")"
[ -f .env ] || { echo ".env is missing: copy .env.example first" >&2; exit 1; }
for name in POSTGRES REDIS CADDY; do
	# The image with its version, without the digest that stands behind it in docker-compose.yml
	image="$(sed -n "s/^ *image: \([^$]*\)\${${name}_DIGEST.*/\1/p" docker-compose.yml | head -n 1)"
	docker pull --quiet "$image" >/dev/null
	digest="$(docker image inspect --format '{{index .RepoDigests 0}}' "$image" | sed 's/.*@/@/')"
	case "$digest" in @sha256:*) ;; *) echo "$image has no digest" >&2; exit 1 ;; esac
	sed "s|^${name}_DIGEST=.*|${name}_DIGEST=$digest|" .env >.env.new
	cat .env.new >.env
	rm .env.new
	echo "$image$digest"
done
