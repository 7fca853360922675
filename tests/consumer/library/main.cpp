// How far a channel of a net moves with a picture: the 2-norm of the channel's gradient by the picture.
// consumer NET WEIGHTS LAYER CHANNEL PICTURE
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "engine/plan.h"
#include "nets/net.h"
#include "ops/reduce.h"
#include "ops/slice_channels.h"
#include "tools/image/tensor.h"

using namespace gradus;

int main(int, char** argv) {
    const Net net = load_net(argv[1], argv[2]);
    Graph g;
    const Var picture = g.leaf(tensor_of(load_image(argv[5])));
    const Var layer = net.record(picture)(argv[3]);
    const Var channel = mean(slice_channels(layer, std::atoi(argv[4]), 1));
    const Var squares = sum_squares(grad(channel, {picture})[0]);
    std::printf("%.4g\n", std::sqrt(value(squares).values<float>()[0]));
}
