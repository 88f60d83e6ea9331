-- For wrk: asks the addresses of a file in turn, from the first, and prints what came of it as JSON.
-- Arguments: the file; "fresh" to make every address one that was never asked, else "again"; encodings accepted.
local paths, turn, suffix = {}, 0, false

function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  if args[2] == "fresh" then suffix = "fresh=" .. os.time() .. "-" end
  if args[3] and args[3] ~= "" then wrk.headers["Accept-Encoding"] = args[3] end
end

function request()
  turn = turn + 1
  local path = paths[(turn - 1) % #paths + 1]
  if suffix then path = path .. (path:find("?", 1, true) and "&" or "?") .. suffix .. turn end
  return wrk.format("GET", path)
end

function done(summary, latency, requests)
  local wrong = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "bytes": %d, "refused": %d, "broken": %d, "p50": %f, "p95": %f, "p99": %f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, wrong.status,
    wrong.connect + wrong.read + wrong.write + wrong.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
