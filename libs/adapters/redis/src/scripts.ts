/**
 * Every write is one script over the keys of one partition of `signals` (they share a hash tag, so one slot of a cluster): it happens
 * whole or not at all, and only if the caller still holds the partition and nobody has written since it read.
 *
 * KEYS: meta, timers, pending, then one hash per namespace.
 * ARGV: token, expected next, new next, clock, then per namespace: id, timer ('' for none), 1 if it must be published, number of fields, fields.
 */
export const WRITE = `
local meta = redis.call('HMGET', KEYS[1], 'token', 'next')
if meta[1] ~= ARGV[1] or (meta[2] or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'next', ARGV[3], 'clock', ARGV[4])
local at = 5
for k = 4, #KEYS do
  local id, timer, publish, n = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  at = at + 4
  for f = 1, n do
    redis.call('HSET', KEYS[k], ARGV[at], ARGV[at + 1])
    at = at + 2
  end
  if timer == '' then redis.call('ZREM', KEYS[2], id) else redis.call('ZADD', KEYS[2], timer, id) end
  if publish == '1' then redis.call('SADD', KEYS[3], id) end
end
return 1
`

/** KEYS: meta, pending. ARGV: token, next. What was to be published has been. */
export const PUBLISHED = `
local meta = redis.call('HMGET', KEYS[1], 'token', 'next')
if meta[1] ~= ARGV[1] or (meta[2] or '') ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
return 1
`
