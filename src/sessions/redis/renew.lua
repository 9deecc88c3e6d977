-- Extends a lease if this owner holds it. KEYS: lease. ARGV: owner, milliseconds.
if redis.call('GETEX', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
