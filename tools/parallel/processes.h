#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "engine/graph.h"

namespace gradus {

class Group;

/// The processes that work on one thing together, started by `mpirun -n 4 gradus ...`; without it this process is
/// alone, every call below changes nothing, and nothing is loaded. Else libgradus_mpi.so is opened and MPI started:
/// make one, early, and let it go last. All processes must make the same calls in the same order.
///
/// What is added up is added in double, in the order of the ranks, and rounded once: all processes hold the same bytes,
/// and the next run with as many processes gets them again.
///
/// throws    when the module is not there or does not start; afterwards when MPI reports an error, as it may when one
///           of the others has ended
class Processes {
public:
    Processes();
    /// The same with a module from one of these folders.
    explicit Processes(const std::vector<std::filesystem::path>& module_folders);

    int rank() const;  // 0..size-1
    int size() const;
    bool first() const { return rank() == 0; }  // the one that talks and saves

    /// Replaces f32 or f64 values by their mean over all processes.
    void mean(Tensor& values) const;
    double mean(double value) const;
    /// Replaces values of any type by those of the first process.
    void broadcast(Tensor& values) const;

    /// mean_over_processes() of these, for TrainingOptions::shared; empty where this process is alone.
    std::function<Var(Var)> shared() const;

private:
    friend Var mean_over_processes(Var x, const Processes& processes);
    std::shared_ptr<const Group> group_;  // empty: alone
};

/// The mean over all processes of each value: an op, so that a plan may exchange what it needs in the middle of a run.
/// All processes must make and run plans with the same exchanges, in the same order. GPUs exchange by NCCL.
///
/// shapes    x any, f32 or f64 -> y the same; x itself where the process is alone
/// gradient  none
/// cost      twice the values travel, there and back
/// throws    when x is of another type; when the plan is made, where there is no NCCL for a GPU; when it runs, as
///           Processes does
Var mean_over_processes(Var x, const Processes& processes);

}  // namespace gradus
