// Which kernels may serve a convolution and its gradients, best first. The order was measured: docs/ops/conv2d.md.
#include "ops/conv2d_packed.h"

namespace gradus {
namespace {

namespace cpu = kernels::cpu;

#define PACKED(Signature, T, name, direction, function)                                                \
    Packed2d<kernels::Signature<T>> {                                                                  \
        name, DeviceKind::cpu, GRADUS_PICK(kernels::Signature<T>, function), cpu::function##_declines, \
            std::string(name) + direction, GRADUS_PICK(kernels::Conv2dPack, function##_pack),          \
            GRADUS_PICK(kernels::Conv2dPackedBytes, function##_packed_bytes),                          \
            GRADUS_PICK(kernels::Conv2dScratchBytes, function##_scratch_bytes)                         \
    }

template <class Run, class... Fn>
void append_reference(std::vector<Candidate>& list, Run run, std::tuple<Entry<Fn>...> entries) {
    for (Candidate& c : candidates(run, entries)) {
        c.fuses = Fusion::none;  // the reference stays one plain op a step
        list.push_back(std::move(c));
    }
}

/// Transformed filters are four times as many numbers.
Candidate roomy(Candidate c) {
    c.roomy = true;
    return c;
}

template <class T>
std::vector<Candidate> own_forward() {
    return {roomy(packed_candidate(run_conv2d, PACKED(Conv2d, T, "cpu.winograd", " forward ", conv2d_winograd))),
            packed_candidate(run_conv2d, PACKED(Conv2d, T, "cpu.direct", " forward ", conv2d_direct))};
}

template <class T>
std::vector<Candidate> own_input_grad() {
    return {roomy(packed_candidate(run_conv2d_input_grad, PACKED(Conv2dInputGrad, T, "cpu.winograd", " input_grad ",
                                                                 conv2d_winograd_input_grad))),
            packed_candidate(run_conv2d_input_grad,
                             PACKED(Conv2dInputGrad, T, "cpu.direct", " input_grad ", conv2d_direct_input_grad)),
            packed_candidate(run_conv2d_input_grad,
                             PACKED(Conv2dInputGrad, T, "cpu.col2im", " input_grad ", conv2d_col2im_input_grad))};
}

template <class T>
std::vector<Candidate> own_weight_grad() {
    using Fn = kernels::Conv2dWeightGrad<T>;
    Candidate winograd = candidate(run_conv2d_weight_grad, Entry<Fn>{"cpu.winograd", DeviceKind::cpu,
                                                                     GRADUS_PICK(Fn, conv2d_winograd_weight_grad)});
    also_declines(winograd, cpu::conv2d_winograd_weight_grad_declines);
    with_scratch(winograd, GRADUS_PICK(kernels::Conv2dScratchBytes, conv2d_winograd_weight_grad_scratch_bytes));
    Candidate direct = candidate(run_conv2d_weight_grad,
                                 Entry<Fn>{"cpu.direct", DeviceKind::cpu, GRADUS_PICK(Fn, conv2d_weight_grad)});
    with_scratch(direct, GRADUS_PICK(kernels::Conv2dScratchBytes, conv2d_weight_grad_scratch_bytes));
    return {winograd, direct};
}

}  // namespace

// bf16: oneDNN's kernels come first where they multiply bf16 by the processor's own instructions; ours widen it first,
// which every processor can do.
std::vector<Candidate> conv2d_candidates() {
    std::vector<Candidate> list = conv2d_cuda_forward();
    append(list, conv2d_cudnn_forward());
    append(list, own_forward<float>());
    append(list, conv2d_onednn_forward(OnednnTakes::native_bf16));
    append(list, own_forward<bf16>());
    append(list, conv2d_onednn_forward(OnednnTakes::all));
    append_reference(list, run_conv2d, REFERENCE(Conv2d, conv2d));
    return list;
}

std::vector<Candidate> conv2d_input_grad_candidates() {
    std::vector<Candidate> list = conv2d_cuda_input_grad();
    append(list, conv2d_cudnn_input_grad());
    append(list, own_input_grad<float>());
    append(list, conv2d_onednn_input_grad(OnednnTakes::native_bf16));
    append(list, own_input_grad<bf16>());
    append(list, conv2d_onednn_input_grad(OnednnTakes::all));
    append_reference(list, run_conv2d_input_grad, REFERENCE(Conv2dInputGrad, conv2d_input_grad));
    return list;
}

std::vector<Candidate> conv2d_weight_grad_candidates() {
    std::vector<Candidate> list = conv2d_cuda_weight_grad();
    append(list, conv2d_cudnn_weight_grad());
    append(list, own_weight_grad<float>());
    append(list, own_weight_grad<bf16>());
    append_reference(list, run_conv2d_weight_grad, REFERENCE(Conv2dWeightGrad, conv2d_weight_grad));
    return list;
}

}  // namespace gradus
