#include "tools/parallel/group.h"

#include <cstdlib>
#include <exception>

#include "engine/require.h"
#include "tools/parallel/gpu_group.h"

namespace gradus {
namespace {

void check(const char* why, const char* what) {
    require(why == nullptr, "the processes of this run cannot {}: {}; one of them may have ended", what,
            why ? why : "");
}

/// Set where an error ends this process: the exit handler then ends the others.
const GradusMpi* to_abort = nullptr;

void end_all() { to_abort->abort(1); }

}  // namespace

Group::Group(const GradusMpi& mpi, int expected) : mpi_(mpi), errors_before_(std::uncaught_exceptions()) {
    const char* why = mpi_.start(&rank_, &size_);
    require(why == nullptr, "started by mpirun with {} processes, but MPI does not start: {}", expected,
            why ? why : "");
    require(size_ == expected,
            "started by mpirun with {} processes, but MPI knows of {}: libgradus_mpi.so was built for another MPI than "
            "this mpirun belongs to",
            expected, size_);
}

std::shared_ptr<const GpuGroup> Group::on_gpus() const {
    if (!on_gpus_) on_gpus_ = std::make_shared<const GpuGroup>(*this, nccl());
    return on_gpus_;
}

Group::~Group() {
    on_gpus_.reset();
    // To finish, MPI waits for all; they may wait for this one elsewhere.
    if (std::uncaught_exceptions() == errors_before_) {
        mpi_.finish();
    } else {
        to_abort = &mpi_;
        std::atexit(end_all);
    }
}

void Group::mean(float* values, std::int64_t n) const { check(mpi_.sum_f32(values, n, 1.0 / size_), "add up"); }
void Group::mean(double* values, std::int64_t n) const { check(mpi_.sum_f64(values, n, 1.0 / size_), "add up"); }
void Group::broadcast(void* values, std::int64_t bytes) const {
    check(mpi_.broadcast(values, bytes), "share what the first one has");
}

}  // namespace gradus
