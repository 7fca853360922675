#pragma once
// What the candidates for a convolution are made of: how their kernels are called, and kernels that read the filters in
// a form of their own.
#include "engine/candidates.h"
#include "ops/conv2d_shape.h"

namespace gradus {

template <class T>
kernels::Epilogue<T> conv2d_epilogue(const Call& c) {
    return {.relu = has(c.problem.fused, Fusion::relu), .mask = pixels<const T>(c.mask)};
}

inline constexpr auto run_conv2d = []<class T>(kernels::Conv2d<T>* kernel, const Call& c) {
    const auto* bias = c.in.size() > 2 ? pointer<const kernels::Weight<T>>(c.in[2]) : nullptr;
    kernel(pixels<const T>(c.in[0]), c.in[1].data, bias, pixels<T>(c.out[0]), conv2d_shape(c.problem),
           conv2d_epilogue<T>(c), c.write, c.scratch, c.stream);
};

inline constexpr auto run_conv2d_input_grad = []<class T>(kernels::Conv2dInputGrad<T>* kernel, const Call& c) {
    kernel(pixels<const T>(c.in[0]), c.in[1].data, pixels<T>(c.out[0]), conv2d_shape(c.problem), conv2d_epilogue<T>(c),
           c.write, c.scratch, c.stream);
};

inline constexpr auto run_conv2d_weight_grad = []<class T>(kernels::Conv2dWeightGrad<T>* kernel, const Call& c) {
    kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pointer<kernels::Weight<T>>(c.out[0]),
           conv2d_shape(c.problem), c.write, c.scratch, c.stream);
};

/// A kernel with its packing and its sizes.
template <class Fn>
struct Packed2d {
    const char* name;
    DeviceKind on;
    Fn* kernel;
    kernels::Conv2dDeclines* declines;
    std::string form;  // of its filters; kernels that share a form share what is packed
    kernels::Conv2dPack* pack;
    kernels::Conv2dPackedBytes* packed_bytes;
    kernels::Conv2dScratchBytes* scratch_bytes;  // may be null
};

/// Adds a reason to decline to the candidate's own.
inline void also_declines(Candidate& c, kernels::Conv2dDeclines* declines) {
    c.declines = [wrong = c.declines, declines](const Problem& p) -> std::string {
        if (std::string reason = wrong(p); !reason.empty()) return reason;
        const char* reason = declines(conv2d_shape(p));
        return reason ? reason : "";
    };
}

inline void with_scratch(Candidate& c, kernels::Conv2dScratchBytes* bytes) {
    c.scratch = [bytes](const Problem& p, void*) { return bytes(conv2d_shape(p), p.threads); };
}

template <class Run, class Fn>
Candidate packed_candidate(Run run, const Packed2d<Fn>& k) {
    Candidate c = candidate(run, Entry<Fn>{k.name, k.on, k.kernel});
    also_declines(c, k.declines);
    c.fuses = Fusion::relu_and_mask;
    if (k.scratch_bytes) with_scratch(c, k.scratch_bytes);
    c.packing = Packing{
        .input = 1,
        // The same filters in the same form serve every size of picture, however its values are stored.
        .key = [form = k.form](const Problem& p, void*) { return form + std::to_string(conv2d_shape(p).groups); },
        .bytes = [bytes = k.packed_bytes](const Problem& p, void*) { return bytes(conv2d_shape(p)); },
        .run = [pack = k.pack](const Problem& p, void*, const void* from, void* to,
                               Stream stream) { pack(static_cast<const float*>(from), to, conv2d_shape(p), stream); },
    };
    return c;
}

inline void append(std::vector<Candidate>& list, std::vector<Candidate> more) {
    for (Candidate& c : more) list.push_back(std::move(c));
}

}  // namespace gradus
