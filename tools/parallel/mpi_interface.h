#pragma once
#include <cstdint>

// What libgradus_mpi.so offers, in plain C, so that neither building nor starting gradus needs MPI. A function that may
// fail returns null, or why it failed in MPI's words: text that lasts until the next call.
extern "C" {

struct GradusMpi {
    int version;  // of this table: gradus_mpi_version where the two fit together
    const char* (*start)(int* rank, int* size);
    /// values[i] = factor times the sum over all processes, summed in double by rank: the same bytes everywhere.
    const char* (*sum_f32)(float* values, std::int64_t n, double factor);
    const char* (*sum_f64)(double* values, std::int64_t n, double factor);
    /// Everybody's bytes become those of process 0.
    const char* (*broadcast)(void* values, std::int64_t bytes);
    /// Ends all processes, this one with them.
    void (*abort)(int code);
    const char* (*finish)();
};

/// The only symbol of the module.
const GradusMpi* gradus_mpi();

}  // extern "C"

namespace gradus {
constexpr int gradus_mpi_version = 1;
}  // namespace gradus
