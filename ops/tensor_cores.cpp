#include "ops/tensor_cores.h"

#include <utility>

namespace gradus {

Candidate on_tensor_cores(Candidate candidate) {
    candidate.declines = [own = std::move(candidate.declines)](const Problem& p) -> std::string {
        if (own)
            if (std::string reason = own(p); !reason.empty()) return reason;
        if (p.device->architecture() < 80) return "needs a GPU of compute capability 8.0";
        if (p.in[0].dtype == DType::f32 && !p.tf32) return "rounds to TF32, which --precision fp32 does not allow";
        return {};
    };
    return candidate;
}

}  // namespace gradus
