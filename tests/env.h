#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace gradus::test {

/// How many checks were left out because what they need is not on this machine. main() prints it.
inline int skipped = 0;

inline std::optional<std::filesystem::path> folder_of(const char* variable) {
    const char* value = std::getenv(variable);
    if (value == nullptr || !std::filesystem::is_directory(value)) return std::nullopt;
    return value;
}

/// The folder of the real weight files, GRADUS_WEIGHTS.
inline std::optional<std::filesystem::path> weights_dir() { return folder_of("GRADUS_WEIGHTS"); }

/// The folder that holds images/, photos/ and reference/, GRADUS_SHARED.
inline std::optional<std::filesystem::path> shared_dir() { return folder_of("GRADUS_SHARED"); }

}  // namespace gradus::test

/// Leaves a test case, with a message and a count, unless `there` holds: SKIP_WITHOUT(test::weights_dir(),
/// "GRADUS_WEIGHTS").
#define SKIP_WITHOUT(there, what)                \
    do {                                         \
        if (!(there)) {                          \
            ++gradus::test::skipped;             \
            MESSAGE("skipped, without: ", what); \
            return;                              \
        }                                        \
    } while (false)
