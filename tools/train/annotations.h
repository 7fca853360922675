#pragma once
#include <filesystem>
#include <map>
#include <string>

namespace gradus {

/// What the pictures in a folder show, as its val_annotations.txt says (Tiny ImageNet): name of the file -> synset.
/// Lines "val_0.JPEG n03444034 0 32 44 62"; what comes after the synset is a box, and not read. Empty where there is no
/// such file.
std::map<std::string, std::string> read_annotations(const std::filesystem::path& folder);

}  // namespace gradus
