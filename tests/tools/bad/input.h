#pragma once
// What the tables of bad input consist of, and the folder that their rows run in.
#include <filesystem>
#include <string>
#include <vector>

#include "tests/temp_folder.h"

namespace gradus::test {

/// A command line that cannot work: what stands behind "gradus" in a shell, redirections included.
struct BadInput {
    std::string arguments;
    int code;                       // 1: failure, 2: wrong usage
    std::vector<std::string> says;  // parts of the sentence
    std::string before = {};        // a command of the shell before it, such as "ulimit -f 1"
};

std::vector<BadInput> bad_pictures();
std::vector<BadInput> bad_outputs();
std::vector<BadInput> bad_weights();
std::vector<BadInput> bad_names();
std::vector<BadInput> bad_options();
std::vector<BadInput> bad_combinations();
std::vector<BadInput> bad_commands();

/// The files that they name.
void write_bad_pictures(const TempFolder& folder);
void write_bad_weights(const TempFolder& folder);
void write_bad_settings(const TempFolder& folder);

}  // namespace gradus::test
