/**
 * Every write is one script over the keys of one partition of `signals` (they share a hash tag, so one slot of a cluster): it happens
 * whole or not at all, and only if the caller still holds the partition and nobody has written since it read. A large one is several calls
 * in one transaction, all but the last of which leave the position where it is.
 *
 * KEYS: meta, timers, pending, then per namespace its hash of fields and its list of chunks.
 * ARGV: token, expected next, new next, clock ('' for: as it is), then per namespace: id, timer ('' for none), 1 if it must be published,
 * 1 if the fields hold all that the chunks told so far, number of fields, fields (an empty one is taken
 * away), number of chunks, chunks.
 */
export const WRITE = `
local meta = redis.call('HMGET', KEYS[1], 'token', 'next')
if meta[1] ~= ARGV[1] or (meta[2] or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'next', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'clock', ARGV[4]) end
local at = 5
for k = 4, #KEYS, 2 do
  local id, timer, publish, saved = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local fields = tonumber(ARGV[at + 4])
  at = at + 5
  for f = 1, fields do
    if ARGV[at + 1] == '' then redis.call('HDEL', KEYS[k], ARGV[at])
    else redis.call('HSET', KEYS[k], ARGV[at], ARGV[at + 1]) end
    at = at + 2
  end
  if saved == '1' then redis.call('DEL', KEYS[k + 1]) end
  local chunks = tonumber(ARGV[at])
  at = at + 1
  for c = 1, chunks do
    redis.call('RPUSH', KEYS[k + 1], ARGV[at])
    at = at + 1
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

/** KEYS: meta, measured. ARGV: token, epoch, until, when and from which offset it begins, then what is measured later. */
export const BEGIN = `
local meta = redis.call('HMGET', KEYS[1], 'token', 'next')
if meta[1] ~= ARGV[1] or (meta[2] or '') ~= '' then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'until', ARGV[3], 'since', ARGV[4], 'from', ARGV[5])
redis.call('HDEL', KEYS[1], 'whole')
for i = 6, #ARGV do redis.call('RPUSH', KEYS[2], ARGV[i]) end
return 1
`

/**
 * KEYS: meta. The position goes first, and with the token whoever holds it. What was published under the epoch is to be outranked, whatever
 * is left of it elsewhere.
 */
export const FORGET = `
redis.call('HDEL', KEYS[1], 'next', 'clock', 'until', 'whole')
redis.call('HSET', KEYS[1], 'epoch', (redis.call('HGET', KEYS[1], 'epoch') or 1) + 1)
return redis.call('HINCRBY', KEYS[1], 'token', 1)
`

/** KEYS: meta, measured. ARGV: token. All is told again: what helped to make the state is not needed any more. */
export const WHOLE = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'whole', '1')
redis.call('DEL', KEYS[2])
return 1
`
