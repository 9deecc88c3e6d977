-- Removes a record and its note. KEYS: record, note.
local value = redis.call('GET', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1], KEYS[2])
if not value then
  return {}
end
return {value, left}
