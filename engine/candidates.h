#pragma once
// What an op's candidate list is written with:
//
//     .candidates = candidates(run, CPU(ReluForward<float>, relu_forward), REFERENCE(ReluForward, relu_forward)),
//
// `run` is a generic lambda, [](auto* kernel, const Call& c) or, where it names the storage type,
// []<class T>(kernels::ReluForward<T>* kernel, const Call& c), that turns a Call into raw arguments once for all
// providers.
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/op.h"
#include "kernels/cpu/isa.h"
#include "kernels/pixels.h"

namespace gradus {

/// The pixels of a view as a kernel takes them.
template <class T>
kernels::Pixels<T> pixels(const View& view) {
    return {static_cast<T*>(view.data), view.spec.pixel_stride};
}
template <class T>
T* pointer(const View& view) {
    return static_cast<T*>(view.data);
}

namespace detail {

template <class T>
struct Storage {
    using type = void;
};
template <class T>
struct Storage<kernels::Pixels<T>> {
    using type = std::remove_const_t<T>;
};
template <class T>
struct Storage<T*> {
    using type = std::remove_const_t<T>;
};

template <class Fn>
struct Signature;
template <class First, class... Rest>
struct Signature<void(First, Rest...)> {
    using storage = typename Storage<First>::type;  // the type of its first argument's values
    static constexpr bool accumulates = std::is_same_v<First, Write> || (std::is_same_v<Rest, Write> || ...);
};

}  // namespace detail

template <class Fn>
struct Entry {
    const char* name;
    DeviceKind on;
    Fn* kernel;
};

/// Why a kernel for values of type T does not take the problem: its first input of a float type (or else its output) is
/// of another one. A kernel for bytes takes every type.
template <class T>
std::string wrong_storage([[maybe_unused]] const Problem& p) {
    if constexpr (!std::is_same_v<T, std::byte>)
        for (const auto* specs : {&p.in, &p.out})
            for (const Spec& spec : *specs) {
                if (spec.dtype == DType::i32 || spec.dtype == DType::u8) continue;
                if (spec.dtype == dtype_of<T>()) return {};
                return std::string("takes ") + to_string(dtype_of<T>()) + ", was given " + to_string(spec.dtype);
            }
    return {};
}

template <class Run, class Fn>
Candidate candidate(Run run, Entry<Fn> entry) {
    using Info = detail::Signature<Fn>;
    Candidate c;
    c.name = entry.name;
    c.on = entry.on;
    c.run = [run, kernel = entry.kernel](const Call& call) { run(kernel, call); };
    c.declines = wrong_storage<typename Info::storage>;
    c.accumulates = Info::accumulates;
    return c;
}

namespace detail {
template <class Run, class Fn>
void append(std::vector<Candidate>& list, Run run, Entry<Fn> entry) {
    list.push_back(candidate(run, entry));
}
template <class Run, class... Fn>
void append(std::vector<Candidate>& list, Run run, std::tuple<Entry<Fn>...> entries) {
    std::apply([&](auto... entry) { (append(list, run, entry), ...); }, entries);
}
}  // namespace detail

/// An op's candidates, best first. A kernel that takes a Write can accumulate.
template <class Run, class... Entries>
std::vector<Candidate> candidates(Run run, Entries... entries) {
    std::vector<Candidate> list;
    (detail::append(list, run, entries), ...);
    return list;
}

}  // namespace gradus

// One word per provider, so that an op's candidate list reads as a list.
#define CPU(signature, function)                                                              \
    ::gradus::Entry<::gradus::kernels::signature> {                                           \
        "cpu", ::gradus::DeviceKind::cpu, GRADUS_PICK(::gradus::kernels::signature, function) \
    }
// The CUDA kernel, as a GPU runs it and as the processor does.
#define CUDA_ON_CPU_AS(name, signature, function)                                          \
    ::gradus::Entry<::gradus::kernels::signature> {                                        \
        name, ::gradus::DeviceKind::cuda_on_cpu, &::gradus::kernels::cuda_on_cpu::function \
    }
#if GRADUS_HAVE_CUDA
#define CUDA_AS(name, signature, function)                                                             \
    std::make_tuple(::gradus::Entry<::gradus::kernels::signature>{name, ::gradus::DeviceKind::cuda,    \
                                                                  &::gradus::kernels::cuda::function}, \
                    CUDA_ON_CPU_AS(name, signature, function))
#else
#define CUDA_AS(name, signature, function) CUDA_ON_CPU_AS(name, signature, function)
#endif
#define CUDA(signature, function) CUDA_AS("cuda", signature, function)
#define REFERENCE_FOR(signature, function, T)                                              \
    ::gradus::Entry<::gradus::kernels::signature<T>> {                                     \
        "reference", ::gradus::DeviceKind::cpu, &::gradus::kernels::reference::function<T> \
    }
#define REFERENCE(signature, function)                                                                             \
    std::make_tuple(REFERENCE_FOR(signature, function, float), REFERENCE_FOR(signature, function, ::gradus::bf16), \
                    REFERENCE_FOR(signature, function, double))
