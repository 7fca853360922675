#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tools/process/process.h"

namespace gradus {

// The programs that know video formats; they run beside this one.

/// Starts ffmpeg with these words behind those that every call needs: it asks nothing, overwrites, says errors only.
///
/// throws    "ffmpeg: found no such program; install ffmpeg", or what else is advised
std::unique_ptr<Process> start_ffmpeg(const std::vector<std::string>& words,
                                      const std::string& advice = "install ffmpeg");
std::unique_ptr<Process> start_ffprobe(const std::vector<std::string>& words);

/// A file's name as these programs take it for nothing but a file: not for an option, nor for an address.
std::string as_word(const std::filesystem::path& file);

/// ` (ffmpeg: "moov atom not found")`: the end of a sentence from the first thing it said; nothing where it was silent.
std::string as_said(const Process& process);

}  // namespace gradus
