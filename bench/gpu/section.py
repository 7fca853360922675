"""What bench/report writes about a GPU, from what bench/gpu/run found there."""

from collections import defaultdict

from layers import NETS

MODES = ["eager", "graph", "compiled", "compiled graph"]
OURS = "gradus"


def three(x):
    return f"{x:.{3 if x < 1 else 2 if x < 10 else 1 if x < 100 else 0}f}"


def table(columns, rows):
    """`columns` with a leading > are numbers."""
    lines = [[c.lstrip(">") for c in columns], ["---:" if c[0] == ">" else "---" for c in columns], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def one_line(text):
    return " ".join(text.split()).replace("|", "/")


def machine(c):
    gpu, torch, clocks = defaultdict(lambda: "unknown", c["gpu"]), c["torch"], c["clocks"]
    peer = "no PyTorch"
    if "version" in torch:
        peer = f"PyTorch {torch['version']} (CUDA {torch['cuda']}, cuDNN {torch['cudnn']})"
    seen = [clocks[when].get("clocks.sm", "unknown") for when in ("before", "after") if when in clocks]
    return (
        f"{gpu['name']}, driver {gpu['driver_version']}, clocks at most {gpu['clocks.max.sm']}, of memory "
        f"{gpu['clocks.max.mem']}; {', then '.join(seen) or 'unknown'} between parts; "
        f"power at most {gpu['power.limit']}; nvcc {c['nvcc']}; {peer}; commit {c['commit']}, {c['date']}."
    )


def checks(parts):
    rows = []
    for name, part in parts.items():
        notes = [f"{part[k]} {k}" for k in ("passed", "failed", "skipped") if part.get(k)] if name == "tests" else []
        notes += [f"{r['tool']} on {r['on']}: {r['status']}, {r['found']}" for r in part.get("runs", [])]
        if part["status"] != "passed" and part.get("why"):
            notes.append(one_line(part["why"])[-300:])
        rows.append([name, part["status"], f"{part['seconds']:.0f}", one_line("; ".join(notes))])
    return table(["part", "result", ">s", "remarks"], rows)


def best_peer(times, key):
    """(milliseconds, name) of the fastest peer, or None."""
    found = [(t[key][0], name) for name, t in times.items() if name != OURS and key in t]
    return min(found) if found else None


def ours(times, key):
    return times[OURS][key][0] if key in times.get(OURS, {}) else None


def ceilings(rows):
    """{"copy": bytes per millisecond, "f32": flops per millisecond, ...}: the best that anybody reached."""
    found = {}
    for row in rows:
        if row["group"] != "ceilings":
            continue
        r = row["request"]
        work = 8 * r["x"][1] * r["x"][2] * r["x"][3] if r["op"] == "copy" else 2 * r["n"] ** 3
        for t in row["times"].values():
            for key in ("cold_ms", "warm_ms"):
                if key in t:
                    name = "copy" if r["op"] == "copy" else r["precision"]
                    found[name] = max(found.get(name, 0), work / t[key][0])
    return found


def ceilings_table(tops):
    rows = []
    for name, rate in tops.items():
        if name == "copy":
            rows.append([name, f"{three(rate / 1e6)} GB/s"])
        else:
            rows.append([f"matrix product, {name}", f"{three(rate / 1e9)} TFLOP/s"])
    return table(["ceiling", ">measured"], rows)


def alone(rows, groups, tops):
    """Ops one by one, cold: how much of the copy's bandwidth they reach."""
    cells = []
    for row in rows:
        if row["group"] not in groups:
            continue
        r, times = row["request"], row["times"]
        mine, peer = ours(times, "cold_ms"), best_peer(times, "cold_ms")
        share = f"{times[OURS]['bytes'] / mine / tops['copy']:.0%}" if mine and "copy" in tops else ""
        name = f"{r['op']} of {'x'.join(map(str, r['x'][1:]))}" if row["group"] == "gram" else row["name"]
        cells.append([name, r.get("pass", "forward"), r.get("precision", "f32"),
                      three(mine) if mine else one_line(times[OURS]["refused"]), share,
                      f"{three(peer[0])} ({peer[1]})" if peer else "",
                      f"**{peer[0] / mine:.2f}**" if peer and mine else ""])
    return table(["op", "pass", "type", ">gradus, ms", ">of copy", ">PyTorch, ms", ">ratio"], cells)


def conv_totals(rows, tops):
    """Each net's convolutions added up. Only layers that both sides have count, and missing ones are told."""
    sums = {}
    for row in rows:
        if row["group"] != "convs":
            continue
        r, times = row["request"], row["times"]
        for net, count in row["layers"].items():
            s = sums.setdefault((net, r["pass"], r["precision"]), {"layers": 0, "both": 0, "flops": 0, "ms": [0] * 4})
            s["layers"] += count
            four = [of(times, key) for key in ("cold_ms", "warm_ms") for of in (ours, best_peer)]
            if None in four:
                continue
            s["both"] += count
            s["flops"] += count * times[OURS]["flops"]
            for i, t in enumerate(four):
                s["ms"][i] += count * (t[0] if isinstance(t, tuple) else t)
    cells = []
    for (net, way, precision), s in sorted(sums.items(), key=lambda kv: NETS.index(kv[0][0])):
        if not s["both"]:
            continue
        cold, cold_peer, warm, warm_peer = s["ms"]
        share = f"{s['flops'] / warm / tops[precision]:.0%}" if precision in tops else ""
        cells.append([net, way, precision, f"{s['both']} of {s['layers']}", three(cold), three(cold_peer),
                      f"**{cold_peer / cold:.2f}**", three(warm), three(warm_peer), f"**{warm_peer / warm:.2f}**",
                      share])
    columns = ["net", "pass", "type", ">layers", ">cold: gradus, ms", ">cuDNN, ms", ">ratio", ">warm: gradus, ms",
               ">cuDNN, ms", ">ratio", ">of the ceiling"]
    return table(columns, cells)


def conv_layers(rows):
    """A row per layer and pass, a column per type: warm, ours / cuDNN's best."""
    found = {}
    for row in rows:
        if row["group"] == "convs":
            found.setdefault((row["name"], row["request"]["pass"]), {})[row["request"]["precision"]] = row["times"]
    types = ["f32", "tf32", "bf16"]
    cells = []
    for (name, way), by in found.items():
        line = [name, way]
        for t in types:
            times = by.get(t, {})
            mine, peer = ours(times, "warm_ms"), best_peer(times, "warm_ms")
            line += [three(1e3 * mine) if mine else "", three(1e3 * peer[0]) if peer else ""]
            line.append(times.get(OURS, {}).get("kernels", ""))
        cells.append(line)
    columns = [c for t in types for c in (f">{t}: gradus, us", ">cuDNN, us", "kernel")]
    return table(["layer", "pass", *columns], cells)


def iterations(rows, dream_rows):
    dreams = {(int(r["name"]), r["request"]["precision"]): ours(r["times"], "warm_ms") for r in dream_rows}
    found = {}
    for row in rows:
        found.setdefault((row["case"], row["size"], row["precision"]), []).append(row)
    cells = []
    for (case, size, precision), variants in found.items():
        best = {}
        for v in variants:
            if "ms" in v and v["ms"][0] < best.get(v["mode"], (1e99, ""))[0]:
                best[v["mode"]] = (v["ms"][0], v["layout"])
        why = sorted({one_line(v["refused"]) for v in variants if v["mode"] not in best and "refused" in v})
        mine = dreams.get((size, precision)) if case == "dream" else None
        ratio = f"**{min(best.values())[0] / mine:.2f}**" if mine and best else ""
        told = [f"{three(best[m][0])} ({best[m][1]})" if m in best else "-" for m in MODES]
        cells.append([case, f"{size}", precision, *told, three(mine) if mine else "", ratio, "; ".join(why)])
    return table(["iteration", ">px", "type", *(f">{m}, ms" for m in MODES), ">gradus, ms", ">ratio", "refused"], cells)


def text(data):
    """The whole section of one results file."""
    parts = data["parts"]
    rows = parts.get("layers", {}).get("rows", [])
    tops = ceilings(rows)
    pieces = [machine(data["context"]), checks(parts)]
    if rows:
        pieces += [ceilings_table(tops)]
        pieces += ["What memory bounds, and Gram matrices, cold:", alone(rows, ("bandwidth", "gram"), tops)]
        pieces += ["The convolutions of each net, added up:", conv_totals(rows, tops)]
        pieces += ["Each of their shapes, warm, named after the first layer that has it:", conv_layers(rows)]
    if peers := parts.get("peers", {}).get("rows", []):
        pieces += ["Whole iterations:", iterations(peers, [r for r in rows if r["group"] == "dream"])]
    return "\n\n".join(pieces)
