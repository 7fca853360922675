#pragma once
// A small dream over an older picture, which a fault may end anywhere: the older or the newer one is there, whole.
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tests/tools/some_picture.h"
#include "tools/image/image.h"

namespace gradus::test {

constexpr const char* older_bytes = "the older one";

/// How many times a fault is tried: few in the tests, by hand as many as GRADUS_FAULTS says.
inline int faults(int few) {
    const char* many = std::getenv("GRADUS_FAULTS");
    return many == nullptr ? few : std::atoi(many);
}

inline void save_bars(const std::filesystem::path& file, int size) { save_image(file, bars(size, size)); }

/// Dreams photo.png into x.png by the net that comes along; `before` stands before the program.
inline Ran dream_in(const TempFolder& folder, const std::string& before, const std::string& more) {
    return run_in_shell("cd '" + (folder / "").string() + "' && GRADUS_WEIGHTS= XDG_CACHE_HOME=. " + before +
                        " '" GRADUS_BINARY_DIR
                        "/bin/gradus' dream photo.png -o x.png --net mini --layer conv1_1 "
                        "--octaves 2 --steps 2 --quiet " +
                        more + " 2>&1");
}

}  // namespace gradus::test
