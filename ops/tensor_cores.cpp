#include "ops/tensor_cores.h"

#include <utility>

namespace gradus {
namespace {

/// Adds reasons to the candidate's own.
Candidate also_declines(Candidate candidate, std::string (*reason)(const Problem&)) {
    candidate.declines = [own = std::move(candidate.declines), reason](const Problem& p) {
        std::string first = own ? own(p) : std::string();
        return first.empty() ? reason(p) : first;
    };
    return candidate;
}

}  // namespace

Candidate on_tensor_cores(Candidate candidate) {
    return also_declines(std::move(candidate), [](const Problem& p) -> std::string {
        if (p.device->architecture() < 80) return "needs a GPU of compute capability 8.0";
        if (p.in[0].dtype == DType::f32 && !p.tf32) return "rounds to TF32, which --precision fp32 does not allow";
        return {};
    });
}

Candidate by_wgmma(Candidate candidate) {
    return also_declines(std::move(candidate), [](const Problem& p) -> std::string {
        return p.device->has_wgmma() ? "" : "needs a GPU of compute capability 9.0, and code for it";
    });
}

}  // namespace gradus
