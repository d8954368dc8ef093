"""Loads a server with talks that begin and go on: by `wrk` where it is installed, else by httpx."""

import asyncio
import json
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts.bench.figures import Figure
from scripts.bench.says import words
from scripts.bench.serving import TOKEN

AT_ONCE = 64  # connections
TEXTS = 200  # different talks; then they come again
START = "/api/v1/ai/conversation/start"
MESSAGE = "/api/v1/ai/conversation/{}/message"
OK = (200, 201)

_SCRIPT = """
local starts, places, open = %(starts)s, %(places)s, {}
local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer %(token)s"}
local n = 0
statuses = {}
threads = {}

function setup(thread) table.insert(threads, thread) end

function request()
  n = n + 1
  local id = n %% 2 == 0 and table.remove(open)
  local said = n %% #starts + 1
  if id then
    return wrk.format("POST", "/api/v1/ai/conversation/" .. id .. "/message", headers, places[said])
  end
  return wrk.format("POST", "%(start)s", headers, starts[said])
end

function response(status, _, body)
  statuses[status] = (statuses[status] or 0) + 1
  local id = status == 201 and body:match('"conversation_id":"([^"]+)"')
  if id then table.insert(open, 1, id) end
end

function done(summary, latency)
  local found = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do found[status] = (found[status] or 0) + count end
  end
  local parts = {}
  for status, count in pairs(found) do table.insert(parts, string.format('"%%d": %%d', status, count)) end
  print(string.format('{"seconds": %%f, "p50": %%f, "p95": %%f, "p99": %%f, "statuses": {%%s}}',
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, table.concat(parts, ", ")))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server was asked and how it answered."""

    figure: Figure
    by: str  # what asked
    refused: dict[str, int]  # answers that are no success, by status


def load(url: str, *, name: str, seconds: float, folder: Path) -> Load:
    """Begin talks and go on with them, as fast as the server answers.

    Args:
        name: What is counted, in the plural.
        folder: For the script of `wrk`.
    """
    wrk = shutil.which("wrk")
    if wrk is None:
        return asyncio.run(_load_by_httpx(url, name=name, seconds=seconds))
    script = folder / "talks.lua"
    script.write_text(
        _SCRIPT
        % {
            "starts": _lua([{"text": words(n).problem} for n in range(TEXTS)]),
            "places": _lua([{"text": words(n).place} for n in range(TEXTS)]),
            "token": TOKEN,
            "start": START,
        },
        "utf-8",
    )
    span = f"{max(1, round(seconds))}s"
    command = [wrk, "-t1", f"-c{AT_ONCE}", f"-d{span}", "--timeout", "30s", "-s", str(script), url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout.strip().splitlines()[-1])
    counts = {str(status): int(count) for status, count in told["statuses"].items()}
    good = sum(counts.pop(str(status), 0) for status in OK)
    figure = Figure(name, good / told["seconds"], good, told["p50"], told["p95"], told["p99"])
    return Load(figure, f"wrk, {AT_ONCE} connections", counts)


async def _load_by_httpx(url: str, *, name: str, seconds: float) -> Load:
    took: list[float] = []
    refused: Counter[str] = Counter()
    numbers = iter(range(1_000_000_000))
    begun = time.perf_counter()

    async def talk(client: httpx.AsyncClient) -> None:
        while time.perf_counter() < begun + seconds:
            said = words(next(numbers) % TEXTS)
            answer = await post(client, START, said.problem)
            if answer and (talk_id := answer.get("conversation_id")):
                await post(client, MESSAGE.format(talk_id), said.place)

    async def post(client: httpx.AsyncClient, path: str, text: str) -> dict[str, str] | None:
        at = time.perf_counter()
        response = await client.post(path, json={"text": text})
        if response.status_code not in OK:
            refused[str(response.status_code)] += 1
            return None
        took.append(time.perf_counter() - at)
        return dict(response.json())

    headers = {"Authorization": f"Bearer {TOKEN}"}
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=url, headers=headers, limits=limits, timeout=30) as client:
        await asyncio.gather(*(talk(client) for _ in range(AT_ONCE)))
    figure = Figure.of(name, took, within_s=time.perf_counter() - begun)
    return Load(figure, f"httpx in this process, {AT_ONCE} connections", dict(refused))


def _lua(bodies: list[dict[str, str]]) -> str:
    return "{" + ", ".join(f"[==[{json.dumps(body)}]==]" for body in bodies) + "}"
