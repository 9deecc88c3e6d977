-- Releases a lease if this owner holds it. KEYS: lease. ARGV: owner.
if redis.call('GETEX', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
