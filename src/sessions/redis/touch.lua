-- Extends a record, never shortens it, and writes the note.
-- KEYS: record, note. ARGV: milliseconds, note.
-- A write first, so only a primary answers.
redis.call('DEL', KEYS[2])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  return 0
end
if left < tonumber(ARGV[1]) then
  left = tonumber(ARGV[1])
  redis.call('PEXPIRE', KEYS[1], left)
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', left)
return 1
