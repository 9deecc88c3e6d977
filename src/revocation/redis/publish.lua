-- Takes entries, and says where the log ends. Without entries: only the latter.
-- KEYS: entries (sorted set, identity -> moment), log (stream)
-- ARGV: name for a new epoch, seconds that an entry lives, length of the log, then identity, moment, ...
local now = tonumber(redis.call('TIME')[1])
local lifetime = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - lifetime)

local epoch = redis.call('ZRANGEBYSCORE', KEYS[1], '+inf', '+inf', 'LIMIT', 0, 1)[1]
local tail = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local last = tail and tail[1] or '0-0'
-- Both keys name the epoch: when either is lost, or was brought back alone, a new one begins.
local fresh = not (epoch and tail and tail[2][2] == epoch)
if fresh then
  if epoch then redis.call('ZREM', KEYS[1], epoch) end
  epoch = ARGV[1]
  redis.call('ZADD', KEYS[1], '+inf', epoch)
  last = redis.call('XADD', KEYS[2], '*', 'epoch', epoch, 'after', last)
end

local taken = 0
for i = 4, #ARGV, 2 do
  if redis.call('ZADD', KEYS[1], 'GT', 'CH', ARGV[i + 1], ARGV[i]) == 1 then
    last = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*',
      'epoch', epoch, 'after', last, 'entry', ARGV[i], 'at', ARGV[i + 1])
    taken = taken + 1
  end
end

-- The keys die when nothing in them is alive and nobody looks at them any more.
if fresh or taken > 0 or redis.call('TTL', KEYS[1]) < lifetime / 2 then
  local latest = redis.call('ZREVRANGEBYSCORE', KEYS[1], '(+inf', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  local alive_until = math.max(now, tonumber(latest or now)) + lifetime
  redis.call('EXPIREAT', KEYS[1], string.format('%.0f', alive_until))
  redis.call('EXPIREAT', KEYS[2], string.format('%.0f', alive_until))
end
return {epoch, last, now, taken}
