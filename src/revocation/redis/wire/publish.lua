-- Takes entries, and says where the log ends. Without entries: only the latter.
-- KEYS: entries (sorted set, identity -> moment), log (stream). Both exist from the first call on: with
-- a key that does not, the node of a cluster would answer nothing while their slot is moving.
-- ARGV: name for a new epoch, seconds that an entry lives, length of the log, the caller's clock,
--       what no other call has, then identity, moment, ...
local redis_clock = tonumber(redis.call('TIME')[1])
local own_clock = tonumber(ARGV[4])
local lifetime = tonumber(ARGV[2])
-- The first command is a write, so that a replica answers nothing of this. And an entry ends when
-- both clocks say so: one that is ahead ends nothing.
local ended = math.min(redis_clock, own_clock) - lifetime
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ended)

local epoch = redis.call('ZRANGEBYSCORE', KEYS[1], '+inf', '+inf', 'LIMIT', 0, 1)[1]
local tail = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
-- Both keys name the epoch: when either is lost, or was brought back alone, a new one begins.
local fresh = not (epoch and #epoch == 18 and string.find(epoch, '^e:%x+$')
  and tail and tail[2][2] == epoch and tail[2][7] == 'nonce')

-- Each command that comes later, with nothing to do: should the user lack the permission for one of
-- them, that shows before anything is written. Those that only read, too: without one of them the
-- script would fail with its entries written, and with no time to live at the keys.
if fresh or #ARGV > 5 then
  redis.call('ZREM', KEYS[1], '-')
  redis.call('ZADD', KEYS[1], 'XX', 0, '-')
  -- These two have no such form. Their arguments are refused, where the user may call them at all.
  for refusal, command in pairs({
    ['greater than 0-0'] = {'XADD', KEYS[2], 'NOMKSTREAM', '0-0', 'never', 'written'},
    ['not an integer'] = {'EXPIREAT', KEYS[2], 'never'},
  }) do
    local answer = redis.pcall(unpack(command))
    if not answer.err or not string.find(answer.err, refusal, 1, true) then return answer end
  end
  redis.call('ZMSCORE', KEYS[1], '-')
  redis.call('TTL', KEYS[1])
  redis.call('ZREVRANGEBYSCORE', KEYS[1], '(+inf', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  redis.call('ZCOUNT', KEYS[1], '+inf', '+inf')
end

-- The log first, then the set: what is in the set was in the log before, and a call that was stopped
-- halfway is repeated whole.
local last, last_nonce
if fresh then
  if epoch then redis.call('ZREM', KEYS[1], epoch) end
  epoch = ARGV[1]
  last_nonce = ARGV[5] .. '-0'
  last = redis.call('XADD', KEYS[2], '*',
    'epoch', epoch, 'after', '0-0', 'after_nonce', '-', 'nonce', last_nonce)
  redis.call('ZADD', KEYS[1], '+inf', epoch)
else
  last, last_nonce = tail[1], tail[2][8]
end

local taken = 0
for i = 6, #ARGV, 2 do
  local known = redis.call('ZMSCORE', KEYS[1], ARGV[i])[1]
  if not known or tonumber(known) < tonumber(ARGV[i + 1]) then
    taken = taken + 1
    local nonce = ARGV[5] .. '-' .. taken
    last = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*',
      'epoch', epoch, 'after', last, 'after_nonce', last_nonce, 'nonce', nonce,
      'entry', ARGV[i], 'at', ARGV[i + 1])
    last_nonce = nonce
    redis.call('ZADD', KEYS[1], 'GT', ARGV[i + 1], ARGV[i])
  end
end

-- The keys die when nothing in them is alive and no process reads them any more. A week later, since
-- here Redis' clock rules alone. A call with entries always writes something: a WAIT that follows it
-- counts the replicas that have got this far.
local outlive = 604800
if fresh or #ARGV > 5 or redis.call('TTL', KEYS[1]) < outlive + lifetime / 2 then
  local latest = redis.call('ZREVRANGEBYSCORE', KEYS[1], '(+inf', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  local alive_until = math.max(redis_clock, tonumber(latest or redis_clock)) + lifetime + outlive
  redis.call('EXPIREAT', KEYS[1], string.format('%.0f', alive_until))
  redis.call('EXPIREAT', KEYS[2], string.format('%.0f', alive_until))
end

-- How many there are of which neither clock says that they have ended.
local undisputed = math.max(redis_clock, own_clock) - lifetime
return {epoch, last, last_nonce, redis_clock, taken,
  redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%.0f', undisputed), '(+inf')}
