#include "tools/cli/sized.h"

#include "tools/image/resized.h"

namespace gradus {

Image sized(const Image& photo, int size, int threads) {
    return size == 0 ? photo : with_longer_side(photo, size, threads);
}

}  // namespace gradus
