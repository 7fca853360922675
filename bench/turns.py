"""Contestants that take turns: processes that answer a line with a line, for bench/compare and bench/gpu/run."""

import pathlib
import select
import subprocess


class Refused(Exception):
    """What a process says that cannot run a case."""


class Server:
    """A process that is given lines and answers each with a line. It starts at the first question, and again at the
    next one after it has died."""

    def __init__(self, command, env=None):
        self.command, self.env, self.process = command, env, None
        self.name = pathlib.Path(command[0]).name

    def ask(self, request, limit=None):
        """The answer. Refused after `limit` seconds without one, and when the process dies; it is then ended."""
        if self.process is None:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
            self.process = subprocess.Popen(self.command, env=self.env, text=True, **pipes)
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has said why on stderr
        if not select.select([self.process.stdout], [], [], limit)[0]:
            self.process.kill()
            self.close()
            raise Refused(f"{self.name}: no answer in {limit:.0f} s")
        answer = self.process.stdout.readline().strip()
        if not answer:
            self.close()
            raise Refused(f"{self.name} answered {request} with nothing")
        return answer

    def close(self):
        if self.process is None:
            return
        process, self.process = self.process, None
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
