"""Memory of a style transfer, ours beside PyTorch's: how much a process that has loaded the weights grows.

    python bench/peers/style_memory.py --weights DIR --gradus build/bin/gradus --photo P --art A [--size 512]

Both look at VGG-19 to relu5_1 with the loss of neural-style and take three steps of Adam. Counted is memory that no file
backs, at its most: of PyTorch less what it takes once the weights are there, which are such memory; of ours all, since ours
stay in their file.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))


def anonymous(process):
    """MB."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status).group(1)) * 1024 / 1e6


class Watch(threading.Thread):
    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.most, self.going = process, 0, True

    def run(self):
        while self.going:
            try:
                self.most = max(self.most, anonymous(self.process))
            except (FileNotFoundError, AttributeError, ProcessLookupError):
                return
            time.sleep(0.005)


def theirs(weights, size, channels_last):
    """In a process of its own, so that nothing of another run is counted."""
    code = f"""
import sys, torch
sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})
import style, nets, style_memory
net = nets.Net("vgg19", nets.weight_file(__import__("pathlib").Path({weights!r}), "vgg19"), channels_last={channels_last}, in_place=True)
torch.set_num_threads(2)
net.values(net.preprocess(torch.rand(1, 3, 32, 32)), ["relu5_1"])  # the library is awake
before = style_memory.anonymous("self")
watch = style_memory.Watch("self"); watch.start()
stepper = style.Stepper(net, {size})
for _ in range(3): stepper.step()
print(watch.most - before)
"""
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def ours(a, options):
    with tempfile.TemporaryDirectory() as folder:
        command = [a.gradus, "style", a.photo, "--style", a.art, "--optimizer", "adam", "--rate", "0.02", "--steps", "3"]
        command += ["--size", str(a.size), "--quiet", "-o", f"{folder}/made.png", *options]
        process = subprocess.Popen(command, env={"GRADUS_WEIGHTS": a.weights, "PATH": "/usr/bin:/bin"})
        watch = Watch(process.pid)
        watch.start()
        if process.wait() != 0:
            sys.exit("gradus failed")
        return watch.most


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["weights", "gradus", "photo", "art"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--size", type=int, default=512)
    a = parser.parse_args()
    best = min(theirs(a.weights, a.size, layout) for layout in [False, True])
    print(f"PyTorch, its better layout: {best:.0f} MB")
    for options in [[], ["--precision", "bf16"]]:
        mine = ours(a, options)
        print(f"gradus {' '.join(options)}: {mine:.0f} MB, {mine / best:.2f} of that")


if __name__ == "__main__":
    main()
