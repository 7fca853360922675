#include "tools/techniques/memory_left.h"

#include "engine/require.h"

namespace gradus {
namespace {

/// Code, libraries, threads, generated kernels, and what allocators keep: measured at 40 to 60 MB.
constexpr std::size_t program = 64u << 20;

}  // namespace

MemoryLeft::MemoryLeft(std::size_t bytes) : given_(bytes), left_(bytes) {
    if (given_ > 0) take(program, "the program itself");
}

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
