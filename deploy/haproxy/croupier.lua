-- Deals a request as the gateway does: xxh32(player, salt) mod 10000 against the canary's buckets.
-- HAProxy's own xxh32 converter takes its seed from the configuration only; called from here, it takes each subject's.
-- A route is what the deployer has written: salt,buckets,base server,base version,canary server,canary version

local ROUTE = "^(%d+),(%d+),([^,]*),([^,]*),([^,]*),([^,]*)$"
local BUCKETS = 10000

core.register_action("croupier-deal", { "http-req" }, function(txn)
  local route = txn:get_var("txn.route")
  if route == nil then return end
  local salt, buckets, base, base_version, canary, canary_version = string.match(route, ROUTE)
  local bucket = txn.c:xxh32(txn:get_var("txn.player") or "", math.tointeger(salt)) % BUCKETS
  txn:set_var("txn.bucket", bucket)
  txn:set_var("txn.buckets", buckets)
  if canary ~= "" and bucket < math.tointeger(buckets) then
    txn:set_var("txn.server", canary)
    txn:set_var("txn.version", canary_version)
  elseif base ~= "" then
    txn:set_var("txn.server", base)
    txn:set_var("txn.version", base_version)
  end
end, 0)
