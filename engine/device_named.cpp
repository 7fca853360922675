#include <charconv>

#include "engine/cuda.h"
#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {

Device& device_named(std::string_view name) {
    if (name == "cpu") return cpu_device();
    if (name == "cuda-on-cpu") return cuda_on_cpu_device();
    int number = 0;
    bool known = name == "cuda";
    if (name.starts_with("cuda:")) {
        const char *first = name.data() + 5, *last = name.data() + name.size();
        const auto read = std::from_chars(first, last, number);
        known = read.ec == std::errc() && read.ptr == last && number >= 0;
    }
    require(known,
            "no device {}; there are cpu, cuda (or cuda:1, the second GPU) and cuda-on-cpu, the CUDA kernels on the "
            "processor",
            in_quotes(name));
    std::string why_none;
    const int count = cuda_devices(&why_none);
    require(count > 0, "cuda: {}; --device cuda-on-cpu runs the same kernels on the processor", why_none);
    require(number < count, "cuda: no GPU {}; there {} {}, numbered from 0", number, count == 1 ? "is" : "are", count);
    return cuda_device(number);
}

}  // namespace gradus
