// Which kernels may serve a convolution and its gradients, best first. The order was measured: docs/ops/conv2d.md.
#include "engine/candidates.h"
#include "ops/conv2d_shape.h"

namespace gradus {
namespace {

using kernels::Conv2dShape;
namespace cpu = kernels::cpu;

template <class T>
kernels::Epilogue<T> epilogue(const Call& c) {
    return {.relu = has(c.problem.fused, Fusion::relu), .mask = pixels<const T>(c.mask)};
}

const auto run_forward = []<class T>(kernels::Conv2d<T>* kernel, const Call& c) {
    const auto* bias = c.in.size() > 2 ? pointer<const kernels::Weight<T>>(c.in[2]) : nullptr;
    kernel(pixels<const T>(c.in[0]), c.in[1].data, bias, pixels<T>(c.out[0]), conv2d_shape(c.problem), epilogue<T>(c),
           c.write, c.scratch, c.stream);
};

const auto run_input_grad = []<class T>(kernels::Conv2dInputGrad<T>* kernel, const Call& c) {
    kernel(pixels<const T>(c.in[0]), c.in[1].data, pixels<T>(c.out[0]), conv2d_shape(c.problem), epilogue<T>(c),
           c.write, c.scratch, c.stream);
};

const auto run_weight_grad = []<class T>(kernels::Conv2dWeightGrad<T>* kernel, const Call& c) {
    kernel(pixels<const T>(c.in[0]), pixels<const T>(c.in[1]), pointer<kernels::Weight<T>>(c.out[0]),
           conv2d_shape(c.problem), c.write, c.scratch, c.stream);
};

/// A kernel with its packing and its sizes, for the instruction set that serves.
template <class Fn>
struct Packed {
    const char* name;
    Fn* kernel;
    cpu::Conv2dDeclines* declines;
    cpu::Conv2dPack* pack;
    cpu::Conv2dPackedBytes* packed_bytes;
    cpu::Conv2dScratchBytes* scratch_bytes;
};
#define PACKED(Signature, T, name, function)                                          \
    Packed<kernels::Signature<T>> {                                                   \
        name, GRADUS_PICK(kernels::Signature<T>, function), cpu::function##_declines, \
            GRADUS_PICK(cpu::Conv2dPack, function##_pack),                            \
            GRADUS_PICK(cpu::Conv2dPackedBytes, function##_packed_bytes),             \
            GRADUS_PICK(cpu::Conv2dScratchBytes, function##_scratch_bytes)            \
    }

template <class Run, class Fn>
Candidate packed_candidate(Run run, const char* direction, const Packed<Fn>& k) {
    Candidate c = candidate(run, Entry<Fn>{k.name, DeviceKind::cpu, k.kernel});
    c.declines = [wrong = c.declines, declines = k.declines](const Problem& p) -> std::string {
        if (std::string reason = wrong(p); !reason.empty()) return reason;
        const char* reason = declines(conv2d_shape(p));
        return reason ? reason : "";
    };
    c.fuses = Fusion::relu_and_mask;
    c.scratch = [bytes = k.scratch_bytes](const Problem& p, void*) { return bytes(conv2d_shape(p), p.threads); };
    c.packing = Packing{
        .input = 1,
        // The same filters in the same form serve every size of picture, however its values are stored.
        .key = [name = std::string(k.name), direction](
                   const Problem& p, void*) { return name + direction + std::to_string(conv2d_shape(p).groups); },
        .bytes = [bytes = k.packed_bytes](const Problem& p, void*) { return bytes(conv2d_shape(p)); },
        .run = [pack = k.pack](const Problem& p, void*, const void* from, void* to,
                               Stream stream) { pack(static_cast<const float*>(from), to, conv2d_shape(p), stream); },
    };
    return c;
}

void append(std::vector<Candidate>& list, std::vector<Candidate> more) {
    for (Candidate& c : more) list.push_back(std::move(c));
}

template <class Run, class... Fn>
void append_reference(std::vector<Candidate>& list, Run run, std::tuple<Entry<Fn>...> entries) {
    for (Candidate& c : candidates(run, entries)) {
        c.fuses = Fusion::none;  // the reference stays one plain op a step
        list.push_back(std::move(c));
    }
}

template <class T>
std::vector<Candidate> own_forward() {
    return {packed_candidate(run_forward, " forward ", PACKED(Conv2d, T, "cpu.winograd", conv2d_winograd)),
            packed_candidate(run_forward, " forward ", PACKED(Conv2d, T, "cpu.direct", conv2d_direct))};
}

template <class T>
std::vector<Candidate> own_input_grad() {
    const char* direction = " input_grad ";
    return {
        packed_candidate(run_input_grad, direction,
                         PACKED(Conv2dInputGrad, T, "cpu.winograd", conv2d_winograd_input_grad)),
        packed_candidate(run_input_grad, direction, PACKED(Conv2dInputGrad, T, "cpu.direct", conv2d_direct_input_grad)),
        packed_candidate(run_input_grad, direction,
                         PACKED(Conv2dInputGrad, T, "cpu.col2im", conv2d_col2im_input_grad))};
}

template <class T>
Candidate own_weight_grad() {
    Candidate own = candidate(run_weight_grad, CPU(Conv2dWeightGrad<T>, conv2d_weight_grad));
    own.scratch = [bytes = GRADUS_PICK(cpu::Conv2dScratchBytes, conv2d_weight_grad_scratch_bytes)](
                      const Problem& p, void*) { return bytes(conv2d_shape(p), p.threads); };
    return own;
}

}  // namespace

// bf16: oneDNN's kernels come first where they multiply bf16 by the processor's own instructions; ours widen it first,
// which every processor can do.
std::vector<Candidate> conv2d_candidates() {
    std::vector<Candidate> list = own_forward<float>();
    append(list, conv2d_onednn_forward(OnednnTakes::native_bf16));
    append(list, own_forward<bf16>());
    append(list, conv2d_onednn_forward(OnednnTakes::all));
    append_reference(list, run_forward, REFERENCE(Conv2d, conv2d));
    return list;
}

std::vector<Candidate> conv2d_input_grad_candidates() {
    std::vector<Candidate> list = own_input_grad<float>();
    append(list, conv2d_onednn_input_grad(OnednnTakes::native_bf16));
    append(list, own_input_grad<bf16>());
    append(list, conv2d_onednn_input_grad(OnednnTakes::all));
    append_reference(list, run_input_grad, REFERENCE(Conv2dInputGrad, conv2d_input_grad));
    return list;
}

std::vector<Candidate> conv2d_weight_grad_candidates() {
    std::vector<Candidate> list{own_weight_grad<float>(), own_weight_grad<bf16>()};
    append_reference(list, run_weight_grad, REFERENCE(Conv2dWeightGrad, conv2d_weight_grad));
    return list;
}

}  // namespace gradus
