-- Removes a record and its note if the record's version is still the one that was read.
-- GETEX is a write, so only a primary answers.
-- KEYS: record, note. ARGV: version.
local value = redis.call('GETEX', KEYS[1])
if not value then
  return {'gone'}
end
if string.sub(value, 1, 8) ~= ARGV[1] then
  return {'changed'}
end
redis.call('DEL', KEYS[1], KEYS[2])
return {'done', string.sub(value, 1, 64)}
