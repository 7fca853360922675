// The CUDA kernels of a convolution as candidates, as a GPU runs them and as the processor does.
#include "ops/conv2d_packed.h"
#include "ops/tensor_cores.h"

namespace gradus {
namespace {

// Everything that a candidate needs is there once per kind of device, in a namespace of its name.
#define PACKED(space, Signature, T, name, function, pack, form, scratch)                               \
    Packed2d<kernels::Signature<T>> {                                                                  \
        name, DeviceKind::space, &kernels::space::function, kernels::space::function##_declines, form, \
            kernels::space::pack, kernels::space::pack##_bytes, scratch                                \
    }
#define MMA(space, Signature, T, function, form)                                        \
    PACKED(space, Signature, T, "cuda.mma", function, function##_pack, form " " #T " ", \
           kernels::space::function##_scratch_bytes)
#define FORWARD(space, T, factors)                                                                                  \
    append(list,                                                                                                    \
           {packed_candidate(run_conv2d, PACKED(space, Conv2d, T, "cuda.few_channels", conv2d_few_channels,         \
                                                conv2d_pack, "cuda forward ", nullptr)),                            \
            on_tensor_cores(packed_candidate(run_conv2d, MMA(space, Conv2d, T, conv2d_mma_##factors, "cuda.mma"))), \
            packed_candidate(run_conv2d, PACKED(space, Conv2d, T, "cuda.tiled", conv2d_tiled, conv2d_pack,          \
                                                "cuda forward ", kernels::space::conv2d_tiled_scratch_bytes))})
#define INPUT_GRAD(space, T, factors)                                                                                  \
    append(list, {packed_candidate(run_conv2d_input_grad,                                                              \
                                   PACKED(space, Conv2dInputGrad, T, "cuda.gather", conv2d_gather_input_grad,          \
                                          conv2d_pack_input_grad, "cuda input_grad ", nullptr)),                       \
                  on_tensor_cores(packed_candidate(                                                                    \
                      run_conv2d_input_grad,                                                                           \
                      MMA(space, Conv2dInputGrad, T, conv2d_mma_##factors##_input_grad, "cuda.mma_input_grad"))),      \
                  packed_candidate(                                                                                    \
                      run_conv2d_input_grad,                                                                           \
                      PACKED(space, Conv2dInputGrad, T, "cuda.tiled", conv2d_tiled_input_grad, conv2d_pack_input_grad, \
                             "cuda input_grad ", kernels::space::conv2d_tiled_input_grad_scratch_bytes))})
#define WEIGHT_GRAD(space, T, factors)                                                                         \
    list.push_back(weight_grad(Entry<kernels::Conv2dWeightGrad<T>>{"cuda.tiled", DeviceKind::space,            \
                                                                   &kernels::space::conv2d_tiled_weight_grad}, \
                               kernels::space::conv2d_tiled_weight_grad_declines,                              \
                               kernels::space::conv2d_tiled_weight_grad_scratch_bytes))
// Filters as those of MMA for bf16.
#define WGMMA(space, Signature, direction)                                                                   \
    PACKED(space, Signature, bf16, "cuda.wgmma", conv2d_wgmma##direction, conv2d_mma_bf16##direction##_pack, \
           "cuda.mma" #direction " bf16 ", kernels::space::conv2d_wgmma##direction##_scratch_bytes)
#define WGMMA_FORWARD(space) list.push_back(by_wgmma(packed_candidate(run_conv2d, WGMMA(space, Conv2d, ))))
#define WGMMA_INPUT_GRAD(space) \
    list.push_back(by_wgmma(packed_candidate(run_conv2d_input_grad, WGMMA(space, Conv2dInputGrad, _input_grad))))
// With how tensor cores multiply values of a type.
#define ON(space, LIST) LIST(space, float, tf32), LIST(space, bf16, bf16)
#if GRADUS_HAVE_CUDA
#define EVERYWHERE(LIST) ON(cuda, LIST), ON(cuda_on_cpu, LIST)
#define ON_EACH(LIST) LIST(cuda), LIST(cuda_on_cpu)
#else
#define EVERYWHERE(LIST) ON(cuda_on_cpu, LIST)
#define ON_EACH(LIST) LIST(cuda_on_cpu)
#endif

template <class Fn>
Candidate weight_grad(Entry<Fn> entry, kernels::Conv2dDeclines* declines, kernels::Conv2dScratchBytes* scratch) {
    Candidate c = candidate(run_conv2d_weight_grad, entry);
    also_declines(c, declines);
    with_scratch(c, scratch);
    return c;
}

/// Those that read the filters as they are, and take everything.
template <class Run, class... Entries>
void append_plain(std::vector<Candidate>& list, Run run, Fusion fuses, Entries... entries) {
    for (Candidate& c : candidates(run, entries...)) {
        c.fuses = fuses;
        list.push_back(std::move(c));
    }
}

}  // namespace

std::vector<Candidate> conv2d_cuda_forward() {
    std::vector<Candidate> list;
    ON_EACH(WGMMA_FORWARD);
    EVERYWHERE(FORWARD);
    append_plain(list, run_conv2d, Fusion::relu_and_mask, CUDA_AS("cuda.plain", Conv2d<float>, conv2d_plain),
                 CUDA_AS("cuda.plain", Conv2d<bf16>, conv2d_plain));
    return list;
}

std::vector<Candidate> conv2d_cuda_input_grad() {
    std::vector<Candidate> list;
    ON_EACH(WGMMA_INPUT_GRAD);
    EVERYWHERE(INPUT_GRAD);
    append_plain(list, run_conv2d_input_grad, Fusion::relu_and_mask,
                 CUDA_AS("cuda.plain", Conv2dInputGrad<float>, conv2d_plain_input_grad),
                 CUDA_AS("cuda.plain", Conv2dInputGrad<bf16>, conv2d_plain_input_grad));
    return list;
}

std::vector<Candidate> conv2d_cuda_weight_grad() {
    std::vector<Candidate> list;
    EVERYWHERE(WEIGHT_GRAD);
    append_plain(list, run_conv2d_weight_grad, Fusion::none,
                 CUDA_AS("cuda.plain", Conv2dWeightGrad<float>, conv2d_plain_weight_grad),
                 CUDA_AS("cuda.plain", Conv2dWeightGrad<bf16>, conv2d_plain_weight_grad));
    return list;
}

}  // namespace gradus
