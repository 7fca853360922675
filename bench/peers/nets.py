"""GoogLeNet, VGG-16, VGG-19 and SqueezeNet 1.1 in PyTorch, as plain functions over tables of weights.

The independent implementation that gradus is measured against: for speed (convs.py, dream.py) and for
numbers (tests/golden/make_golden.py). Each net is a generator of (layer name, value) pairs in the order of
evaluation; whoever asks for a layer stops there, so nothing deeper is computed. Names are those of Caffe:
a convolution is its output before the ReLU, the ReLU's own name is after it.

    net = Net("googlenet", "weights/googlenet.safetensors", dtype=torch.float32, channels_last=True)
    x = net.preprocess(rgb)                                # (N,3,H,W), RGB 0..1
    a = net(x, "inception_4c/output")

Run as a script it classifies photographs named SYNSET_anything.jpg and prints the accuracy:

    python nets.py --weights DIR --photos DIR [--net googlenet] [--dtype f32|bf16|f64] [--lrn slices|torch]
"""

import argparse
import pathlib

import torch
import torch.nn.functional as F

DTYPES = {"f64": torch.float64, "f32": torch.float32, "bf16": torch.bfloat16}
LRN_SIZE, LRN_ALPHA, LRN_BETA, LRN_K = 5, 1e-4, 0.75, 1.0  # Caffe divides alpha by the size; so does PyTorch


def lrn_torch(x):
    """Across channels, as PyTorch has it: the plain form. No bf16."""
    return F.local_response_norm(x, LRN_SIZE, LRN_ALPHA, LRN_BETA, LRN_K)


def lrn_slices(x):
    """The same as a sum of shifted channel slices: the fastest form in PyTorch."""
    c = x.shape[1]
    half = LRN_SIZE // 2
    squares = F.pad(x * x, (0, 0, 0, 0, half, half))
    total = squares[:, 0:c]
    for i in range(1, LRN_SIZE):
        total = total + squares[:, i : i + c]
    return x * (LRN_K + LRN_ALPHA / LRN_SIZE * total) ** -LRN_BETA


LRN = {"slices": lrn_slices, "torch": lrn_torch}


def max_pool(x, size, stride, pad=0):
    return F.max_pool2d(x, size, stride, pad, ceil_mode=True)  # the last window may hang over, as in Caffe


def googlenet(x, w, relu, lrn):
    """BVLC's Caffe form of Szegedy et al. 2014: LRN, 5x5 convolutions, no batch norm, no auxiliary heads."""

    def conv(x, name, stride=1, pad=0):
        block, kind = name.rsplit("/", 1)
        y = F.conv2d(x, w[name + ".weight"], w[name + ".bias"], stride, pad)
        yield name, y
        y = relu(y)
        yield f"{block}/relu_{kind.removesuffix('_s2')}", y
        return y

    def inception(x, name):
        one = yield from conv(x, name + "/1x1")
        three = yield from conv(x, name + "/3x3_reduce")
        three = yield from conv(three, name + "/3x3", pad=1)
        five = yield from conv(x, name + "/5x5_reduce")
        five = yield from conv(five, name + "/5x5", pad=2)
        pooled = max_pool(x, 3, 1, 1)
        yield name + "/pool", pooled
        pooled = yield from conv(pooled, name + "/pool_proj")
        y = torch.cat([one, three, five, pooled], 1)
        yield name + "/output", y
        return y

    x = yield from conv(x, "conv1/7x7_s2", stride=2, pad=3)
    x = max_pool(x, 3, 2)
    yield "pool1/3x3_s2", x
    x = lrn(x)
    yield "pool1/norm1", x
    x = yield from conv(x, "conv2/3x3_reduce")
    x = yield from conv(x, "conv2/3x3", pad=1)
    x = lrn(x)
    yield "conv2/norm2", x
    for stage, blocks in ((2, ""), (3, "ab"), (4, "abcde"), (5, "ab")):
        for block in blocks:
            x = yield from inception(x, f"inception_{stage}{block}")
        if stage < 5:
            x = max_pool(x, 3, 2)
            yield f"pool{stage}/3x3_s2", x
    x = x.mean((2, 3))
    yield "pool5/7x7_s1", x
    yield "loss3/classifier", F.linear(x, w["loss3/classifier.weight"], w["loss3/classifier.bias"])


def vgg(convolutions):
    """Simonyan & Zisserman 2014, the convolutional part: so many 3x3 convolutions before each of five pools."""

    def net(x, w, relu, lrn):
        for stage, count in enumerate(convolutions, 1):
            for i in range(1, count + 1):
                name = f"{stage}_{i}"
                x = F.conv2d(x, w[f"conv{name}.weight"], w[f"conv{name}.bias"], 1, 1)
                yield "conv" + name, x
                x = relu(x)
                yield "relu" + name, x
            x = max_pool(x, 2, 2)
            yield f"pool{stage}", x

    return net


def squeezenet1_1(x, w, relu, lrn):
    """Iandola et al. 2016, version 1.1; the classifier is a convolution, with a ReLU, and a mean."""

    def conv(x, name, stride=1, pad=0):
        block, _, kind = name.rpartition("/")
        y = F.conv2d(x, w[name + ".weight"], w[name + ".bias"], stride, pad)
        yield name, y
        y = relu(y)
        yield f"{block}/relu_{kind}".lstrip("/"), y
        return y

    x = yield from conv(x, "conv1", stride=2)
    for i in range(1, 10):
        if i > 1:
            x = yield from conv(x, f"fire{i}/squeeze1x1")
            one = yield from conv(x, f"fire{i}/expand1x1")
            three = yield from conv(x, f"fire{i}/expand3x3", pad=1)
            x = torch.cat([one, three], 1)
            yield f"fire{i}/concat", x
        if i in (1, 3, 5):
            x = max_pool(x, 3, 2)
            yield f"pool{i}", x
    x = yield from conv(x, "conv10")
    yield "pool10", x.mean((2, 3))


# name: (function, means of B, G, R, the layer of the class scores, its input size)
NETS = {
    "googlenet": (googlenet, (104.0, 117.0, 123.0), "loss3/classifier", 224),
    "vgg16": (vgg((2, 2, 3, 3, 3)), (103.939, 116.779, 123.68), None, 224),
    "vgg19": (vgg((2, 2, 4, 4, 4)), (103.939, 116.779, 123.68), None, 224),
    "squeezenet1_1": (squeezenet1_1, (104.0, 117.0, 123.0), "pool10", 227),
}


def weight_file(folder, name):
    """The file of a net in a folder of weights: NAME.safetensors, or NAME-conv.safetensors."""
    folder = pathlib.Path(folder)
    whole = folder / f"{name}.safetensors"
    return whole if whole.exists() else folder / f"{name}-conv.safetensors"


class Net:
    """A net with its weights, in one precision and one layout. No weight asks for a gradient.

    `source` is a .safetensors file, or a table of weights (layers.seeded_weights), which needs PyTorch only.
    """

    def __init__(
        self, name, source, dtype=torch.float32, channels_last=False, lrn="slices", in_place=False, device="cpu"
    ):
        if not isinstance(source, dict):
            from safetensors.torch import load_file

            source = load_file(source)
        self.function, mean, self.scores, self.size = NETS[name]
        self.dtype = dtype
        self.device = device
        self.layout = torch.channels_last if channels_last else torch.contiguous_format
        self.mean = torch.tensor(mean, dtype=dtype, device=device).view(1, 3, 1, 1)
        self.weights = {k: self.place(v) for k, v in source.items()}
        self.lrn = LRN[lrn]
        # In place is faster, but then a convolution's own name no longer holds its value before the ReLU.
        self.relu = F.relu_ if in_place else F.relu

    def place(self, x):
        x = x.to(self.device, self.dtype)
        return x.contiguous(memory_format=self.layout) if x.dim() == 4 else x

    def preprocess(self, rgb):
        """(N,3,H,W) RGB 0..1 -> BGR 0..255 minus the mean."""
        return self.place(rgb).flip(1) * 255 - self.mean

    def __call__(self, x, layer):
        return self.values(x, [layer])[0]

    def values(self, x, layers):
        """What these layers hold, given in the order of the net; nothing behind the last of them is computed."""
        found = []
        for name, value in self.function(x, self.weights, self.relu, self.lrn):
            if name == layers[len(found)]:
                found.append(value)
                if len(found) == len(layers):
                    return found
        raise KeyError(f"no layer {layers[len(found)]!r}")


def energy(a):
    """Half the mean of the squares: what a dream climbs."""
    return 0.5 * (a * a).mean()


def crop(path, size):
    """The center of a picture: (3,size,size), RGB 0..1."""
    import numpy as np
    from PIL import Image

    image = Image.open(path).convert("RGB")
    left, top = (image.width - size) // 2, (image.height - size) // 2
    pixels = np.asarray(image.crop((left, top, left + size, top + size)), np.float64) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1)


def accuracy(net, photos, synsets, batch=20):
    """Shares of photographs whose class is the first, and among the first five."""
    files = sorted(pathlib.Path(photos).glob("n*_*.jpg"))
    truth = torch.tensor([synsets.index(f.name.split("_")[0]) for f in files])
    places = []
    with torch.inference_mode():
        for i in range(0, len(files), batch):
            x = net.preprocess(torch.stack([crop(f, net.size) for f in files[i : i + batch]]))
            order = net(x, net.scores).argsort(1, descending=True)
            places.append((order == truth[i : i + batch, None]).int().argmax(1))
    place = torch.cat(places)
    return len(files), (place < 1).double().mean().item(), (place < 5).double().mean().item()


def main():
    parser = argparse.ArgumentParser(description="Top-1 and top-5 accuracy on a folder of photographs.")
    parser.add_argument("--weights", required=True, help="folder of the .safetensors files and imagenet-labels.txt")
    parser.add_argument("--photos", required=True, help="folder of photographs named SYNSET_anything.jpg")
    parser.add_argument("--net", default="googlenet", choices=[n for n, v in NETS.items() if v[2]])
    parser.add_argument("--dtype", default="f32", choices=list(DTYPES))
    parser.add_argument("--lrn", default="slices", choices=list(LRN))
    args = parser.parse_args()
    lines = (pathlib.Path(args.weights) / "imagenet-labels.txt").read_text().splitlines()
    net = Net(args.net, weight_file(args.weights, args.net), DTYPES[args.dtype], channels_last=True, lrn=args.lrn)
    count, top1, top5 = accuracy(net, args.photos, [line.split()[0] for line in lines])
    print(f"{args.net} {args.dtype}: {count} photographs, top-1 {top1:.2%}, top-5 {top5:.2%}")


if __name__ == "__main__":
    main()
