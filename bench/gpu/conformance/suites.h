#pragma once

namespace gradus::kernels::GRADUS_CUDA::conformance {

void check_conversions();
void check_mma();
void check_matrices(bool hopper);
void check_copies();
void check_barriers();
// sm_90a
void check_mbarrier();
void check_tma();
void check_wgmma();
void check_clusters();

}  // namespace gradus::kernels::GRADUS_CUDA::conformance
