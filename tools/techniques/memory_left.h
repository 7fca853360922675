#pragma once
#include <cstddef>
#include <string_view>

namespace gradus {

/// Code, libraries, threads, generated kernels, and what allocators keep: 40 to 60 MB, as measured.
constexpr std::size_t memory_of_program = 64u << 20;

/// What is left of the memory that a technique may take, besides the weights, while it is given away; of a technique
/// that may take as much as it wants, 0 is left, and stays.
class MemoryLeft {
public:
    /// `bytes` of memory; 0: no bound.
    explicit MemoryLeft(std::size_t bytes) : given_(bytes), left_(bytes) {}

    /// throws    "memory: 400 MB were given, of which 336 MB are left for the photograph, which takes 604 MB ..."
    void take(std::size_t bytes, std::string_view for_what);
    /// Pictures of floating-point colors.
    void take_pictures(double count, int width, int height, std::string_view for_what);
    std::size_t bytes() const { return left_; }

private:
    std::size_t given_ = 0, left_ = 0;
};

}  // namespace gradus
