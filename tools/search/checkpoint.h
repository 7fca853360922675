#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tools/search/search_state.h"

namespace gradus {

/// What shapes a run, in the order in which it is compared: {"--steps", "512"}.
using RunSettings = std::vector<std::pair<std::string, std::string>>;

/// A run on its way. It consists of stages, one search after the other: the octaves of a dream, the batches of a sheet,
/// the layers of an inversion. What an earlier one left follows from the state that it ended in, so that is all there
/// is of it.
struct Checkpoint {
    RunSettings settings = {};
    std::vector<SearchState> stages = {};  // those that are over, then the one that the run is in
};

/// Writes a safetensors file, whole or not at all: tensors "STAGE/PICTURE/NAME", settings in its metadata.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

/// Reads it again. The file may come from anybody: what its tensors mean is judged by Search::restore.
///
/// throws    for what is no safetensors file, or not one that save_checkpoint writes: "x.safetensors: found weights or
///           something else, expected a checkpoint"; for tensors of other types, and names of no stage
Checkpoint load_checkpoint(const std::filesystem::path& path);

/// throws    "run.ckpt: was made with --steps 100, now 200 was asked for": the first setting that differs
void require_same_settings(const std::string& file, const RunSettings& found, const RunSettings& asked);

}  // namespace gradus
