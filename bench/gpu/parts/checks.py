"""The parts that say whether it is right: build, conformance, tests, sanitizer."""

import itertools
import json
import re
import shutil

from parts import limits
from parts.machine import PACK, ROOT, output_of, tool
from parts.problems import CPU_SCALE, fewer, problems

PROGRAMS = ["gradus_conformance", "gradus_bench_serve_ops", "gradus_tests"]
TOOLS = ["memcheck", "racecheck", "synccheck"]


def compiler():
    """The first C++ compiler that knows enough of C++20, else the system's."""
    for name in ["g++", "g++-14", "g++-13", "g++-12", "clang++", "clang++-14"]:
        version, _ = output_of([name, "-dumpversion"])
        if version and int(version.split(".")[0]) >= (14 if name.startswith("clang") else 12):
            return name
    return "g++"


def architecture(compute_capability):
    """What CMake calls the GPU: its own code and no other. wgmma and TMA need sm_90a."""
    number = compute_capability.replace(".", "")
    return ("90a" if number == "90" else number) + "-real"


def build(run):
    if run.cpu:
        missing = [p for p in run.programs() if not p.exists()]
        if missing:
            return {"status": "failed", "why": f"not built: {', '.join(map(str, missing))}"}
        return {"status": "passed"}
    capability = run.context["gpu"].get("compute_cap")
    nvcc = tool("nvcc")
    if not capability or not nvcc:
        return {"status": "failed", "why": run.context["gpu"].get("refused", "no nvcc")}
    made = architecture(capability)
    configure = ["cmake", "-S", str(ROOT), "-B", str(run.build), f"-DCMAKE_CXX_COMPILER={compiler()}"]
    options = {"CMAKE_BUILD_TYPE": "Release", "GRADUS_USE_CUDA": "ON", "GRADUS_CUDA_ARCHITECTURES": made}
    options |= {"GRADUS_USE_ONEDNN": "OFF", "FETCHCONTENT_FULLY_DISCONNECTED": "ON", "CMAKE_CUDA_COMPILER": nvcc}
    if PACK.exists():
        options |= {"CMAKE_PREFIX_PATH": PACK, "CMAKE_DISABLE_FIND_PACKAGE_fmt": "ON", "ZLIB_ROOT": PACK}
    configure += [f"-D{name}={value}" for name, value in options.items()]
    if shutil.which("ninja") and not (run.build / "CMakeCache.txt").exists():
        configure += ["-G", "Ninja"]
    commands = [configure]
    for targets in (PROGRAMS[:2], PROGRAMS[2:]):  # what times comes before the tests
        commands.append(["cmake", "--build", str(run.build), "-j", str(run.context["cores"]), "--target", *targets])
    seconds = []
    for command in commands:
        done = limits.run(command, run.left())
        seconds.append(done["seconds"])
        if done["code"] != 0:
            break
    if done["code"] and not PACK.exists():
        done["text"] += "\nThere is no bench/gpu/pack: bench/gpu/run --pack makes it, where the libraries' headers are."
    there = [p.name for p in run.programs() if p.exists()]
    return limits.verdict(done, architecture=made, steps=seconds, programs=there)


def conformance(run):
    program = run.bin / ("gradus_conformance_on_cpu" if run.cpu else "gradus_conformance")
    done = limits.run([str(program)], run.left())
    return limits.verdict(done, said=done["text"].splitlines())


def summary(text):
    """{"cases": n, "passed", "failed", "skipped"} of doctest's last lines."""
    found = re.findall(r"test cases:\s*(\d+) \|\s*(\d+) passed \|\s*(\d+) failed \|\s*(\d+) skipped", text)
    return dict(zip(("cases", "passed", "failed", "skipped"), map(int, found[-1]))) if found else {}


def test_program(run, *options):
    env = {"GRADUS_TEST_DEVICES": "cuda-on-cpu" if run.cpu else "cuda"}
    return [str(run.bin / "gradus_tests"), "--no-colors=true", "--duration=true", *options], env


def tests(run):
    """All but those of the imitation on the processor, which say nothing of a GPU."""
    which = "--test-suite=relu,every op" if run.cpu else "--test-suite-exclude=CUDA on the CPU*,nets on cuda-on-cpu"
    command, env = test_program(run, which)
    done = limits.run(command, run.left(), env)
    counts = summary(done["text"])
    result = limits.verdict(done, **counts)
    if done["code"] is None:  # durations are printed as cases end
        result["passed"] = len(re.findall(r"^\d+\.\d+ s: ", done["text"], re.M))
    if done["code"] == 0 and not counts.get("passed"):
        result |= {"status": "failed", "why": "no test ran"}
    return result


def small_requests():
    """A line for every kind of problem, the shapes shrunk: each kernel a few times."""
    requests = [p.request for p in fewer(problems(CPU_SCALE)) if not p.peers_only]
    return "".join(json.dumps({**r, "cold": 1, "warm": 1}) + "\n" for r in requests)


def sanitizer(run):
    """Each tool on the conformance program and on small problems; then memcheck on the tests of the ops."""
    program = tool("compute-sanitizer")
    if run.cpu or not program:
        return {"status": "refused", "why": "a tool for GPUs" if run.cpu else "no compute-sanitizer"}
    requests = run.build / "small_problems.txt"
    requests.write_text(small_requests())
    test_command, env = test_program(run, "--source-file=*/tests/ops/*")
    serve = str(run.bin / "gradus_bench_serve_ops")
    on_problems = ["sh", "-c", 'exec "$@" <"$0"', str(requests)]
    runs = [(t, "conformance", [], [str(run.bin / "gradus_conformance")]) for t in TOOLS]
    runs += [(t, "small problems", on_problems, [serve, "--flush", "1"]) for t in TOOLS]
    runs += [("memcheck", "tests of the ops", [], test_command)]
    results = []
    for (kind, what, before, command), left in zip(runs, itertools.count(len(runs), -1)):
        checked = [*before, program, "--tool", kind, "--error-exitcode", "9", *command]
        # Equal shares of what is left; what one does not use is there for the others.
        done = limits.run(checked, run.left() / left, env)
        errors = re.findall(r"(?:ERROR|RACECHECK) SUMMARY: .*", done["text"])
        results.append({"tool": kind, "on": what, **limits.verdict(done), "found": errors[-1] if errors else ""})
    worst = [r["status"] for r in results]
    status = "failed" if "failed" in worst else "out of time" if "out of time" in worst else "passed"
    return {"status": status, "runs": results}
