#pragma once
// The shared memory of a block: the dynamic part first, from a multiple of 1024 on, then the arrays that the kernel
// declares, each when a thread first meets its declaration. All of it is filled with 0xFF (NaN) before the block uses
// it, and behind each part lie bytes that nobody may change.
#include <cstddef>
#include <vector>

namespace gradus::kernels::emulation {

class SharedMemory {
public:
    static constexpr std::size_t most_bytes = 227 * 1024;        // what a block of sm_90 may have
    static constexpr std::size_t most_static_bytes = 48 * 1024;  // of arrays that a kernel declares
    static constexpr std::size_t margin = 64;                    // bytes behind each part that must stay as they are

    SharedMemory() = default;
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory();

    /// Forgets the last block, and prepares `dynamic_bytes` for the next.
    void reset(std::size_t dynamic_bytes);

    /// The array of the declaration that `declaration` stands for, the same for every thread of the block.
    void* declared(const void* declaration, std::size_t bytes, std::size_t alignment, const char* name);

    /// Fails where something was written past the end of a part.
    void check_margins() const;

    char* dynamic() { return memory_; }
    std::size_t dynamic_bytes() const { return dynamic_bytes_; }

    /// Whether these bytes lie in the dynamic part; in any part.
    bool holds(const void* p, std::size_t bytes) const;
    bool holds_anywhere(const void* p, std::size_t bytes) const;

    /// The dynamic part as TMA and wgmma see it, which is another memory where proxies are late.
    char* async_view() { return async_view_ != nullptr ? async_view_ : memory_; }
    /// All that threads have written becomes visible there.
    void publish();
    /// Makes it another memory, or the same one. After reset().
    void separate_async_view(bool);

private:
    struct Part {
        const void* declaration = nullptr;
        std::size_t begin = 0, bytes = 0;
        const char* name = "";
    };

    void add(const Part&);

    char* memory_ = nullptr;
    char* own_view_ = nullptr;
    char* async_view_ = nullptr;
    std::size_t dynamic_bytes_ = 0;
    std::size_t used_ = 0;
    std::size_t static_bytes_ = 0;
    std::vector<Part> parts_;
};

/// The dynamic shared memory of the running block.
void* dynamic_shared();

/// The running block's array of this declaration.
void* declared_shared(const void* declaration, std::size_t bytes, std::size_t alignment, const char* name);

}  // namespace gradus::kernels::emulation

/// GRADUS_SHARED(float, tile, [32][33]) declares the shared array float tile[32][33].
#define GRADUS_SHARED(type, name, ...)                                                                          \
    using name##_shared_type = type __VA_ARGS__;                                                                \
    static const char name##_declaration = 0;                                                                   \
    name##_shared_type& name = *static_cast<name##_shared_type*>(::gradus::kernels::emulation::declared_shared( \
        &name##_declaration, sizeof(name##_shared_type), alignof(name##_shared_type), #name))

/// GRADUS_DYNAMIC_SHARED(float, buffer) declares float* buffer, the Grid::shared bytes of this launch.
#define GRADUS_DYNAMIC_SHARED(type, name) \
    type* name = static_cast<type*>(::gradus::kernels::emulation::dynamic_shared())
