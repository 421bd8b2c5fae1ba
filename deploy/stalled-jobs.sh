#!/bin/sh
# What a worker was running when it died is run again, by whichever worker is there. n8n makes its queue, Bull, fail such a job at
# once (maxStalledCount is 0 in n8n 2.41, without a setting) and overwrites the execution, event included; what n8n 2.34 to 2.41 recover
# by themselves is only marked as crashed. Bull fails a job when its stalledCounter gets above 0: a job in work that starts at -2 has
# two more attempts. Two of these run, so that one may die; they do not disturb each other.
set -u
trap 'exit 0' TERM INT

# All jobs in work that have no counter yet
script="
local given = 0
for _, id in ipairs(redis.call('LRANGE', KEYS[1] .. 'active', 0, -1)) do
	if redis.call('EXISTS', KEYS[1] .. id) == 1 then
		given = given + redis.call('HSETNX', KEYS[1] .. id, 'stalledCounter', -2)
	end
end
return given"

while :; do
	# Each turn makes a connection of its own, so that a restart of Redis does not matter; REDISCLI_AUTH has the password
	if timeout 10 redis-cli -h "${REDIS_HOST:-redis}" -p "${REDIS_PORT:-6379}" -e EVAL "$script" 1 bull:jobs: >/dev/null; then
		# The health check looks at the age of this file
		touch "${ALIVE_FILE:-/tmp/alive}"
	fi
	sleep 5 &
	wait $!
done
