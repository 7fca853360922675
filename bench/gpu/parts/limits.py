"""Processes that may take so long and no longer."""

import os
import signal
import subprocess
import tempfile
import threading
import time

TAIL = 3000


def run(command, limit, env=None, each_line=None, cwd=None):
    """Runs a command with stdout and stderr together, and ends it and its children after `limit` seconds.

    {"code": exit code or None if it was ended, "seconds", "text"}. With `each_line`, that is given every line of stdout
    while the command runs, and the text is stderr alone.
    """
    start = time.monotonic()
    with tempfile.TemporaryFile(mode="w+", errors="replace") as log:
        pipes = {"stdout": subprocess.PIPE if each_line else log, "stderr": log}
        full = {**os.environ, **(env or {})}
        try:
            process = subprocess.Popen(command, env=full, cwd=cwd, text=True, start_new_session=True, **pipes)
        except OSError as error:
            return {"code": 127, "seconds": 0, "text": str(error)}
        code = None
        timer = _Ending(process, limit)
        try:
            if each_line:
                for line in process.stdout:
                    each_line(line)
            process.wait()
            code = None if timer.fired else process.returncode
        finally:
            timer.stop()
            if process.poll() is None:
                _end(process)
        log.seek(0)
        return {"code": code, "seconds": round(time.monotonic() - start, 1), "text": log.read()}


def _end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class _Ending:
    def __init__(self, process, limit):
        self.fired = False
        self.process = process
        self.timer = threading.Timer(max(limit, 0.1), self.fire)
        self.timer.daemon = True
        self.timer.start()

    def fire(self):
        self.fired = True
        _end(self.process)

    def stop(self):
        self.timer.cancel()


def verdict(done, **more):
    """What a part records of a run: passed, failed with the end of what it said, or out of time."""
    result = {"status": "passed" if done["code"] == 0 else "failed", "seconds": done["seconds"], **more}
    if done["code"] is None:
        result["status"] = "out of time"
    if done["code"] != 0:
        result["why"] = done["text"][-TAIL:]
    return result
