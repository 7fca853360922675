#include "tools/techniques/memory_left.h"

#include "engine/require.h"

namespace gradus {

void MemoryLeft::take(std::size_t bytes, std::string_view for_what) {
    if (given_ == 0) return;
    require(bytes < left_, "memory: {} MB were given, of which {} MB are left for {}, which takes {} MB; expected more",
            given_ / 1000000, left_ / 1000000, for_what, bytes / 1000000);
    left_ -= bytes;
}

void MemoryLeft::take_pictures(double count, int width, int height, std::string_view for_what) {
    take(static_cast<std::size_t>(count * 12 * width * height), for_what);
}

}  // namespace gradus
