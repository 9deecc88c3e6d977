-- The moments of the epoch and of some entries.
-- KEYS: entries
-- ARGV: the epoch, identities
-- A write of nothing, so that a replica does not answer: it may hear no news.
redis.call('ZREM', KEYS[1], '-')
return redis.call('ZMSCORE', KEYS[1], unpack(ARGV))
