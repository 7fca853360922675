#include "kernels/vendor/libraries.h"

#include <map>
#include <mutex>

#include "kernels/vendor/library.h"

namespace gradus::kernels::vendor {
namespace {

std::string dotted(int major, int minor, int patch) {
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

/// The handle of each stream, made by `create`, which returns null and a reason where it fails.
template <class Handle, class Create>
Handle handle_of(void* stream, std::string& why_not, Create create) {
    static std::mutex mutex;
    static auto& handles = *new std::map<void*, Handle>;  // never taken down: the driver may be gone first
    const std::lock_guard lock(mutex);
    Handle& handle = handles[stream];
    if (!handle) handle = create(why_not);
    return handle;
}

}  // namespace

// Assigns every function of a list, or leaves the first that is missing in `library`.
#define GRADUS_FIND(result, name, parameters) \
    loaded.call.name = reinterpret_cast<result(*) parameters>(library.find(#name));

Loaded<Cudnn> load_cudnn(std::span<const char* const> names) {
    Library library(names);
    Loaded<Cudnn> loaded;
    GRADUS_CUDNN_FUNCTIONS(GRADUS_FIND)
    loaded.why_not = library.why_not();
    if (!loaded.why_not.empty()) return loaded;
    const auto version = static_cast<int>(loaded.call.cudnnGetVersion());  // 91900
    loaded.version = library.name() + ", " + dotted(version / 10000, version / 100 % 100, version % 100);
    return loaded;
}

Loaded<Cublas> load_cublas(std::span<const char* const> names) {
    Library library(names);
    Loaded<Cublas> loaded;
    GRADUS_CUBLAS_FUNCTIONS(GRADUS_FIND)
    loaded.why_not = library.why_not();
    if (!loaded.why_not.empty()) return loaded;
    int part[3] = {};
    for (int i = 0; i < 3; ++i) loaded.call.cublasGetProperty(static_cast<CublasProperty>(i), &part[i]);
    loaded.version = library.name() + ", " + dotted(part[0], part[1], part[2]);
    return loaded;
}

const Loaded<Cudnn>& cudnn() {
    static constexpr const char* names[] = {"libcudnn.so.9"};
    static const auto& loaded = *new Loaded<Cudnn>(load_cudnn(names));
    return loaded;
}

const Loaded<Cublas>& cublas() {
    static constexpr const char* names[] = {"libcublas.so.13", "libcublas.so.12"};
    static const auto& loaded = *new Loaded<Cublas>(load_cublas(names));
    return loaded;
}

CudnnHandle cudnn_handle(void* stream, std::string& why_not) {
    why_not = cudnn().why_not;
    if (!why_not.empty()) return nullptr;
    const Cudnn& call = cudnn().call;
    return handle_of<CudnnHandle>(stream, why_not, [&](std::string& reason) -> CudnnHandle {
        CudnnHandle handle = nullptr;
        CudnnStatus status = call.cudnnCreate(&handle);
        if (status == CudnnStatus::success) status = call.cudnnSetStream(handle, stream);
        if (status == CudnnStatus::success) return handle;
        reason = std::string("cuDNN does not start: ") + call.cudnnGetErrorString(status);
        return nullptr;
    });
}

CublasHandle cublas_handle(void* stream, std::string& why_not) {
    why_not = cublas().why_not;
    if (!why_not.empty()) return nullptr;
    const Cublas& call = cublas().call;
    return handle_of<CublasHandle>(stream, why_not, [&](std::string& reason) -> CublasHandle {
        CublasHandle handle = nullptr;
        CublasStatus status = call.cublasCreate_v2(&handle);
        if (status == CublasStatus::success) status = call.cublasSetStream_v2(handle, stream);
        if (status == CublasStatus::success) return handle;
        reason = std::string("cuBLAS does not start: ") + call.cublasGetStatusString(status);
        return nullptr;
    });
}

}  // namespace gradus::kernels::vendor
