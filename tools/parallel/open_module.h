#pragma once
#include <filesystem>
#include <vector>

#include "tools/parallel/mpi_interface.h"

namespace gradus {

/// How many processes mpirun says that it started; 1 without it.
int processes_started();

/// The number of this process among those on its machine; 0 without mpirun.
int rank_on_this_machine();

/// Where libgradus_mpi.so is looked for: beside the program, then where it is installed.
std::vector<std::filesystem::path> module_folders();

/// Opens the module of the first folder that has one.
///
/// throws    when there is none, or it needs a library that is not there, or it belongs to another version
const GradusMpi& open_module(const std::vector<std::filesystem::path>& folders, int processes);

}  // namespace gradus
