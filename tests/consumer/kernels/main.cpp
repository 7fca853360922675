// A program of its own that uses two kernels of gradus and nothing else of it.
#include <cstdio>

#include "kernels/relu.h"

using namespace gradus;

int main() {
    const float x[6] = {-1, 2, -3, 4, -5, 6};
    float plain[6], fast[6];
    const kernels::Pixels<const float> pixels{x, 3};  // two pixels of three channels
    kernels::reference::relu<float>(pixels, {plain, 3}, 2, 3, Stream{});
    GRADUS_PICK(kernels::Relu<float>, relu)(pixels, {fast, 3}, 2, 3, Stream{.threads = 2});
    for (int i = 0; i < 6; ++i) std::printf("%g -> %g, %g\n", x[i], plain[i], fast[i]);
}
