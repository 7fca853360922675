"""The parts that take time: ops and layers one by one, and the peers' whole iterations."""

import json
import os
import statistics
import time

from parts import limits
from parts.machine import ROOT, clocks
from parts.problems import CPU_SCALE, fewer, problems
from turns import Refused, Server

PEERS = ROOT / "bench" / "peers"
OURS, LAYOUTS = "gradus", ["nhwc", "nchw"]
ONE_ANSWER = 60  # seconds, at most


class Contestant:
    """One side of a comparison: a server, and what its requests say besides."""

    def __init__(self, server, **more):
        self.server, self.more = server, more

    def ask(self, request, limit):
        """The server's answer; a refusal is one, too."""
        try:
            answer = json.loads(self.server.ask(json.dumps({**request, **self.more}), limit))
        except (Refused, json.JSONDecodeError) as why:
            self.server.close()
            return {"refused": str(why), "died": True}
        if "failed" in answer.get("refused", ""):  # an error of CUDA's stays with a process
            self.server.close()
        return answer


def one_thread(run):
    """The environment: on a processor, whose cores others may need, one thread each."""
    return {**os.environ, "OMP_NUM_THREADS": "1"} if run.cpu else None


def spread(values):
    return [float(f"{f(values):.4g}") for f in (statistics.median, min, max)]


def in_turns(request, contestants, turns, end):
    """{name: {"cold_ms": [median, least, most], "warm_ms", ...} or {"refused": reason}}. The first turn, in which a
    side sets the problem up, does not count."""
    answers = {name: [] for name in contestants}
    refused = {}
    for _ in range(turns + 1):
        for name, contestant in contestants.items():
            if name not in refused:
                answer = contestant.ask(request, max(1, min(ONE_ANSWER, end - time.monotonic())))
                if "refused" in answer:
                    refused[name] = answer
                answers[name].append(answer)
    results = dict(refused)
    for name in contestants:
        if name not in refused:
            counted = answers[name][1:]
            kept = {key: v for key, v in counted[0].items() if key not in ("cold_ms", "warm_ms")}
            results[name] = {key: spread([a[key] for a in counted]) for key in ("cold_ms", "warm_ms")} | kept
    return {name: results[name] for name in contestants}


def layers(run):
    """Ours and PyTorch's (cuDNN's, in benchmark mode) in turns; ends with what there is when its time is over."""
    device = "cuda-on-cpu" if run.cpu else "cuda"
    tiny = ["--flush", "8", "--threads", "1"] if run.cpu else []
    env = one_thread(run)
    ours = Server([str(run.bin / "gradus_bench_serve_ops"), "--device", device, *tiny], env)
    servers, peers = [ours], {}
    missing = run.no_torch()
    if not missing:
        command = [run.python, str(PEERS / "serve_ops.py"), "--device", "cpu" if run.cpu else "cuda", *tiny]
        peer = Server(command, env)
        servers.append(peer)
        peers = {f"PyTorch {layout}": Contestant(peer, layout=layout) for layout in LAYOUTS}
    counts = {"cold": 1, "warm": 1} if run.cpu else {"cold": 3, "warm": 10}
    turns = 1 if run.cpu else 5
    start, end = time.monotonic(), time.monotonic() + run.left()
    todo = fewer(problems(CPU_SCALE)) if run.cpu else problems()
    rows, died = [], 0
    result = {"status": "passed", "rows": rows, **({"peers": {"refused": missing}} if missing else {})}
    for i, p in enumerate(todo):
        if time.monotonic() > end:
            result |= {"status": "out of time", "why": f"{len(todo) - i} of {len(todo)} problems left"}
            break
        sides = {} if p.peers_only else {OURS: Contestant(ours)}
        sides |= {} if p.ours_only else dict([*peers.items()][:1]) if p.peers_only else peers
        times = in_turns({**counts, **p.request}, sides, turns, end)
        died += bool(times.get(OURS, {}).get("died")) and time.monotonic() < end
        rows.append({"group": p.group, "name": p.name, "layers": p.layers, "request": p.request, "times": times})
        for side in sides.values():
            side.ask({"forget": True}, ONE_ANSWER)
        if i % 20 == 0:
            run.keep("layers", result)
    for server in servers:
        server.close()
    refused = sum("refused" in row["times"].get(OURS, {}) for row in rows)
    if died or refused == len(rows):
        result |= {"status": "failed", "why": f"gradus broke off {died} times, refused {refused} of {len(rows)}"}
    result |= {"refused": refused, "clocks": {} if run.cpu else clocks()}
    return {**result, "seconds": round(time.monotonic() - start, 1)}


def peers(run):
    """bench/peers/iterations.py, which says itself what it could not do."""
    if missing := run.no_torch():
        return {"status": "refused", "why": missing}
    command = [run.python, str(PEERS / "iterations.py")]
    options = {"--device": "cuda", "--seconds": str(int(run.left() * 0.8))}
    if run.cpu:
        options |= {"--device": "cpu", "--sizes": "32", "--steps": "1", "--runs": "1", "--layouts": "nhwc"}
        options |= {"--precisions": "tf32,f32", "--backend": "aot_eager"}
    for name, value in options.items():
        command += [name, value]
    rows = []

    def take(line):
        rows.append(json.loads(line))
        run.keep("peers", {"status": "unfinished", "rows": rows})

    done = limits.run(command, run.left(), one_thread(run), take)
    result = limits.verdict(done, rows=rows, clocks={} if run.cpu else clocks())
    if done["code"] == 0 and not any("ms" in row for row in rows):
        result |= {"status": "failed", "why": "nothing ran"}
    return result
