"""How long work takes on a device in PyTorch: by events on a GPU, by the clock on a processor. bench/device_timer.h
does the same for gradus, and docs/gpu_method.md says what cold and warm are."""

import statistics
import time

import torch

FLUSH_BYTES = 256 << 20


class Timer:
    def __init__(self, device, flush_bytes=FLUSH_BYTES):
        self.cuda = torch.device(device).type == "cuda"
        self.flushed = torch.empty(flush_bytes // 4, device=device)
        if self.cuda:
            self.events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]

    def wait(self):
        if self.cuda:
            torch.cuda.synchronize()

    def milliseconds(self, work, before=None):
        self.wait()
        if before:
            before()
        if not self.cuda:
            start = time.perf_counter()
            work()
            return 1e3 * (time.perf_counter() - start)
        self.events[0].record()
        work()
        self.events[1].record()
        self.wait()
        return self.events[0].elapsed_time(self.events[1])

    def sweep(self):
        """No cache holds anything but zeros then, nor anything that has yet to be written."""
        self.flushed.zero_()
        self.flushed.sum()

    def cold(self, work, runs):
        """The median run with nothing in the caches. The GPU is still sweeping when the work is queued."""
        return statistics.median(self.milliseconds(work, before=self.sweep) for _ in range(runs))

    def warm(self, work, runs):
        """The mean of so many runs, one after the other, after one that is not counted."""
        work()

        def all_runs():
            for _ in range(runs):
                work()

        return self.milliseconds(all_runs) / runs


def recorded(work, warm_ups=3):
    """A function that replays the work as a CUDA graph, as gradus does with every plan."""
    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(warm_ups):
            work()
    torch.cuda.current_stream().wait_stream(beside)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        kept = work()  # its memory belongs to the graph as long as somebody holds it

    def replay():
        graph.replay()
        return kept

    return replay


def set_tf32(on):
    """Without, products of f32 are computed in f32."""
    torch.backends.cuda.matmul.allow_tf32 = on
    torch.backends.cudnn.allow_tf32 = on


def fault(error):
    """The first line of what went wrong, short."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:200]
