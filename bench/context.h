#pragma once
#include <string>
#include <utility>
#include <vector>

namespace gradus::bench {

/// What a measured number depends on besides the code, as name and value: cpu, isa, onednn, compiler, commit ("-dirty"
/// where the sources differ from it; that of the sources now, so build before measuring), busy (the share of all cores
/// that others use, watched for a second).
std::vector<std::pair<std::string, std::string>> context();

}  // namespace gradus::bench
