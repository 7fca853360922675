#include "tools/parallel/open_module.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>

#include "engine/require.h"

namespace gradus {
namespace {

constexpr const char* module_name = "libgradus_mpi.so";

}  // namespace

int processes_started() {
    // Open MPI's mpirun, those of MPICH and its kin, and Slurm's srun, which sets its own for any program.
    const char* by_srun = std::getenv("PMIX_RANK") ? "SLURM_STEP_NUM_TASKS" : "PMI_SIZE";
    for (const char* variable : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", by_srun})
        if (const char* text = std::getenv(variable)) return std::max(std::atoi(text), 1);
    return 1;
}

int rank_on_this_machine() {
    if (processes_started() == 1) return 0;
    for (const char* variable : {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"})
        if (const char* text = std::getenv(variable)) return std::max(std::atoi(text), 0);
    return 0;
}

std::vector<std::filesystem::path> module_folders() {
    std::error_code error;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    return {beside, (beside / GRADUS_LIBRARIES_FROM_PROGRAM).lexically_normal()};
}

const GradusMpi& open_module(const std::vector<std::filesystem::path>& folders, int processes) {
    std::string looked;
    for (const std::filesystem::path& folder : folders) {
        const std::filesystem::path file = folder / module_name;
        looked += (looked.empty() ? "" : " and ") + folder.string();
        if (!std::filesystem::exists(file)) continue;
        // MPI opens modules of its own, which look for MPI's symbols among those of the whole program.
        void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
        const char* why = handle == nullptr ? dlerror() : nullptr;
        require(handle != nullptr, "started by mpirun with {} processes, but {} cannot be opened: {}", processes,
                file.string(), why ? why : "");
        const auto table = reinterpret_cast<const GradusMpi* (*)()>(dlsym(handle, "gradus_mpi"));
        require(table != nullptr && table()->version == gradus_mpi_version,
                "started by mpirun with {} processes, but {} belongs to another version of gradus", processes,
                file.string());
        return *table();
    }
    throw Error(
        fmt::format("started by mpirun with {} processes, but {} is not there: looked in {}; it is built along with "
                    "gradus where CMake finds MPI (package libopenmpi-dev)",
                    processes, module_name, looked));
}

}  // namespace gradus
