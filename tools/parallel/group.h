#pragma once
#include <cstdint>
#include <memory>

#include "tools/parallel/mpi_interface.h"

namespace gradus {

class GpuGroup;

/// The processes that mpirun started together, joined: MPI is started when it is made, and finished when it goes. Where
/// it goes because of an error, the other processes end with this one as soon as it has said what happened.
class Group {
public:
    Group(const GradusMpi& mpi, int expected);
    ~Group();
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    int rank() const { return rank_; }
    int size() const { return size_; }
    void mean(float* values, std::int64_t n) const;
    void mean(double* values, std::int64_t n) const;
    void broadcast(void* values, std::int64_t bytes) const;
    /// The same processes with a GPU each: they meet at the first call, which all make together.
    std::shared_ptr<const GpuGroup> on_gpus() const;

private:
    mutable std::shared_ptr<const GpuGroup> on_gpus_ = {};
    const GradusMpi& mpi_;
    int rank_ = 0, size_ = 1, errors_before_;
};

}  // namespace gradus
