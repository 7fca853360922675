// Kernels are compiled once per instruction set into one program. A linker keeps one copy of an inline function that
// several object files hold; were it the copy compiled for AVX-512, the program would die on every other machine.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/env.h"

namespace {

namespace fs = std::filesystem;

/// The object files of kernels/cpu for this instruction set, where CMake puts them; none on another architecture.
std::vector<fs::path> objects_for(const std::string& isa) {
    std::vector<fs::path> files;
    const fs::path folder = fs::path(GRADUS_BINARY_DIR) / "kernels/CMakeFiles" / ("gradus_kernels_" + isa + ".dir");
    if (!fs::is_directory(folder)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".o") files.push_back(entry.path());
    return files;
}

/// The names that `nm` lists as weak: what the linker may take from another object file. `ran` stays false without nm.
std::vector<std::string> weak_symbols(const std::vector<fs::path>& objects, bool& ran) {
    std::string command = "nm --demangle --defined-only";
    for (const fs::path& object : objects) command += " '" + object.string() + "'";
    FILE* out = popen((command + " 2>/dev/null").c_str(), "r");
    std::vector<std::string> weak;
    char line[4096];
    while (out != nullptr && std::fgets(line, sizeof line, out) != nullptr) {
        std::string text = line;  // "0000000000000000 W gradus::kernels::..."
        if (text.size() < 20 || text[16] != ' ') continue;
        ran = true;
        if (text[17] == 'W' || text[17] == 'V' || text[17] == 'u') weak.push_back(text.substr(19, text.size() - 20));
    }
    if (out != nullptr) pclose(out);
    return weak;
}

}  // namespace

TEST_SUITE("instruction sets") {
    TEST_CASE("nothing but the kernels of an instruction set is compiled for it") {
        std::ifstream commands(fs::path(GRADUS_BINARY_DIR) / "compile_commands.json");
        REQUIRE(commands.is_open());
        int sources = 0, for_one = 0;
        for (std::string line; std::getline(commands, line);) {
            if (line.find("\"command\"") == std::string::npos) continue;
            ++sources;
            if (line.find(" -mavx") == std::string::npos && line.find(" -march") == std::string::npos) continue;
            ++for_one;
            CHECK_MESSAGE(line.find("/gradus_kernels_avx") != std::string::npos, line);
        }
        CHECK(sources > 300);
#if defined(__x86_64__)
        CHECK(for_one > 50);
#endif
    }
    TEST_CASE("kernels of one instruction set share no inline function with the rest of the program") {
        for (const std::string isa : {"avx2", "avx512"}) {
            const std::vector<fs::path> objects = objects_for(isa);
#if defined(__x86_64__)
            REQUIRE(!objects.empty());
#else
            SKIP_WITHOUT(!objects.empty(), "kernels for several instruction sets");
#endif
            bool ran = false;
            const std::vector<std::string> weak = weak_symbols(objects, ran);
            SKIP_WITHOUT(ran, "nm");
            for (const std::string& name : weak)
                // The same for all: a pointer to the exception handler, what sanitizers know types by, and two calls.
                if (!name.starts_with("DW.ref.") && !name.starts_with("typeinfo ") && name != "__clang_call_terminate")
                    CHECK_MESSAGE(name.find("gradus::kernels::cpu::" + isa + "::") != std::string::npos, name);
        }
    }
}
