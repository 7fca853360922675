#pragma once
#include <span>
#include <string>

#include "kernels/vendor/cublas_functions.h"
#include "kernels/vendor/cudnn_functions.h"

namespace gradus::kernels::vendor {

/// A library's functions, all of them, or the reason why it cannot be used.
template <class Functions>
struct Loaded {
    Functions call = {};
    std::string version;  // "libcudnn.so.9, 9.19.0", where it can be used
    std::string why_not;  // else "libcudnn.so.9 is not on this machine"
};

/// The first of these names that is found. For tests; gradus itself wants the two below.
Loaded<Cudnn> load_cudnn(std::span<const char* const> names);
Loaded<Cublas> load_cublas(std::span<const char* const> names);

/// The libraries of this machine, looked for at the first call: cuDNN 9; cuBLAS 13 or 12.
const Loaded<Cudnn>& cudnn();
const Loaded<Cublas>& cublas();

/// The handle whose work is queued in this stream; made for the current GPU at the first call, and kept. One thread at
/// a time may use it. Null, and a reason, where the library is missing or refuses.
CudnnHandle cudnn_handle(void* stream, std::string& why_not);
CublasHandle cublas_handle(void* stream, std::string& why_not);

}  // namespace gradus::kernels::vendor
