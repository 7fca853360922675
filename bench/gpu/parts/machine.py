"""What numbers of a GPU depend on besides the code. Everything is read; nothing is set."""

import datetime
import os
import pathlib
import platform
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACK = ROOT / "bench" / "gpu" / "pack"
FIXED = ["name", "driver_version", "compute_cap", "memory.total", "power.limit", "clocks.max.sm", "clocks.max.mem"]
NOW = ["clocks.sm", "clocks.mem", "temperature.gpu", "power.draw", "utilization.gpu", "clocks_throttle_reasons.active"]
TORCH = """
import torch
print(torch.__version__, torch.version.cuda, torch.backends.cudnn.version(), sep="\\n")
print("" if torch.cuda.is_available() else "PyTorch sees no GPU")
"""


def output_of(command, limit=60):
    """What a command prints, or None and the reason."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)
    if done.returncode:
        return None, (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}")[-300:]
    return done.stdout.strip(), ""


def query(fields):
    """{field: value} of the first GPU, or {"refused": reason}. A field that a driver does not know is left out."""
    text, why = output_of(["nvidia-smi", "-i", "0", f"--query-gpu={','.join(fields)}", "--format=csv,noheader"])
    if text is not None:
        return dict(zip(fields, (value.strip() for value in text.split(","))))
    found = {}
    if len(fields) > 1 and shutil.which("nvidia-smi"):
        for field in fields:
            found |= query([field])
        found.pop("refused", None)
    return found or {"refused": why}


def clocks():
    return query(NOW)


def commit():
    """The commit of the sources: from Git, else what `--pack` wrote down, else GRADUS_COMMIT."""
    git = ["git", "-C", str(ROOT)]
    text, _ = output_of([*git, "rev-parse", "--short", "HEAD"])
    top, _ = output_of([*git, "rev-parse", "--show-toplevel"])
    if text and top and pathlib.Path(top).resolve() == ROOT:
        status = ["status", "--porcelain", "--untracked-files=no", "--", ":!docs", ":!bench/results"]
        changed, _ = output_of([*git, *status])
        return text + ("-dirty" if changed else "")
    packed = PACK / "commit"
    return packed.read_text().strip() if packed.exists() else os.environ.get("GRADUS_COMMIT", "unknown")


def tool(name):
    """The path of a program of the CUDA toolkit, or None."""
    chosen = [os.environ[home] for home in ("CUDA_HOME", "CUDA_PATH") if home in os.environ]
    folders = [f"{home}/bin" for home in chosen] + os.get_exec_path() + ["/usr/local/cuda/bin", "/opt/cuda/bin"]
    return shutil.which(name, path=os.pathsep.join(folders))


def torch_facts(python):
    """Versions, and why its CUDA cannot be used, if so; {"refused": reason} without PyTorch."""
    text, why = output_of([python, "-c", TORCH], limit=120)
    if text is None:
        return {"refused": why.splitlines()[-1]}
    lines = [*text.splitlines(), ""]
    return {"version": lines[0], "cuda": lines[1], "cudnn": lines[2], "no_gpu": lines[3]}


def context(python, cpu):
    """Of the whole machine. `cpu`: everything runs on the processor, and no number is of any use."""
    nvcc = tool("nvcc")
    version, why = output_of([nvcc, "--version"]) if nvcc else (None, "no nvcc")
    return {
        "device": "cpu" if cpu else "cuda",
        "gpu": {"refused": "--cpu"} if cpu else query(FIXED),
        "clocks": {"refused": "--cpu"} if cpu else {"before": clocks()},
        "nvcc": version.splitlines()[-1] if version else why,
        "torch": torch_facts(python),
        "commit": commit(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "date": datetime.date.today().isoformat(),
    }
