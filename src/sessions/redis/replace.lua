-- Writes a record if its version is still the one that was read.
-- GETEX is a write, so only a primary answers.
-- KEYS: record, note. ARGV: version, new value, milliseconds.
local value = redis.call('GETEX', KEYS[1])
if not value then
  return 'gone'
end
if string.sub(value, 1, 8) ~= ARGV[1] then
  return 'changed'
end
-- The rest of the head (user, public id, time of the sign-in) is kept.
local head = string.sub(value, 9, 64)
redis.call('SET', KEYS[1], string.sub(ARGV[2], 1, 8) .. head .. string.sub(ARGV[2], 9), 'KEEPTTL')
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('PEXPIRE', KEYS[2], ARGV[3])
end
return 'done'
