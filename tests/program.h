#pragma once
// The program itself, as a user runs it.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <string>

namespace gradus::test {

struct Ran {
    int code = -1;
    std::string said;  // on both outputs
};

inline bool program_built() { return std::filesystem::exists(GRADUS_BINARY_DIR "/bin/gradus"); }

/// What a command line of the shell says, and its exit code.
inline Ran run_in_shell(const std::string& command) {
    Ran ran;
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    char piece[4096];
    while (const std::size_t n = fread(piece, 1, sizeof(piece), pipe)) ran.said.append(piece, n);
    const int status = pclose(pipe);
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
}

inline bool ffmpeg_there() { return run_in_shell("(ffmpeg -version && ffprobe -version) 2>&1").code == 0; }

/// Runs gradus with these arguments in a folder, with the weights of another.
inline Ran gradus_in(const std::filesystem::path& folder, const std::string& arguments,
                     const std::filesystem::path& weights) {
    const std::string command = "cd '" + folder.string() + "' && GRADUS_WEIGHTS='" + weights.string() +
                                "' XDG_CACHE_HOME='" + folder.string() + "' '" GRADUS_BINARY_DIR "/bin/gradus' " +
                                arguments + " 2>&1";
    return run_in_shell(command);
}

/// The same without weights anywhere.
inline Ran gradus_in(const std::filesystem::path& folder, const std::string& arguments) {
    return gradus_in(folder, arguments, folder);
}

}  // namespace gradus::test
