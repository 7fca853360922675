#include "bench/context.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

#include "kernels/cpu/isa_name.h"

#if defined(GRADUS_ONEDNN)
#if __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#else
#include <dnnl.h>
#endif
#endif

namespace gradus::bench {
namespace {

/// The value of a line "name : value" of /proc/cpuinfo.
std::string of_cpu(const std::string& name) {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        const auto colon = line.find(": ");
        if (line.starts_with(name + "\t") && colon != std::string::npos) return line.substr(colon + 2);
    }
    return "unknown";
}

std::string onednn() {
#if defined(GRADUS_ONEDNN)
    const dnnl_version_t* v = dnnl_version();
    return fmt::format("{}.{}.{}", v->major, v->minor, v->patch);
#else
    return "none";
#endif
}

std::string commit() {
    // Only what is compiled makes it dirty: results and pages change while one measures.
    FILE* pipe =
        popen("cd '" GRADUS_SOURCE_DIR
              "' && commit=$(git rev-parse --short HEAD 2>/dev/null) && echo \"$commit$(git diff --quiet HEAD -- "
              "kernels engine ops weights nets tools 'bench/*.h' 'bench/*.cpp' || echo -dirty)\"",
              "r");
    std::array<char, 128> line{};
    const bool read = pipe && std::fgets(line.data(), line.size(), pipe);
    if (pipe) pclose(pipe);
    const std::string text = read ? line.data() : "unknown";
    return text.substr(0, text.find('\n'));
}

/// Time that all cores have spent so far, as /proc/stat counts it.
struct CoreTime {
    double all = 0, idle = 0;
};
CoreTime core_time() {
    std::ifstream file("/proc/stat");
    std::string cpu;
    file >> cpu;
    CoreTime t;
    double ticks = 0;
    for (int i = 0; i < 8 && file >> ticks; ++i) {  // user nice system idle iowait irq softirq steal
        t.all += ticks;
        if (i == 3 || i == 4) t.idle += ticks;
    }
    return t;
}

/// The share of the cores that others use now: 0.02.
std::string busy() {
    const CoreTime before = core_time();
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const CoreTime after = core_time();
    const double all = after.all - before.all;
    return all > 0 ? fmt::format("{:.2f}", 1 - (after.idle - before.idle) / all) : "nan";
}

const char* compiler() {
#if defined(__clang__)
    return __VERSION__;
#else
    return "GCC " __VERSION__;
#endif
}

}  // namespace

std::vector<std::pair<std::string, std::string>> context() {
    // Virtual machines often hide the model's name; family and model tell it.
    return {{"cpu", fmt::format("{}, family {} model {}", of_cpu("model name"), of_cpu("cpu family"), of_cpu("model"))},
            {"isa", kernels::cpu::isa_name()},
            {"onednn", onednn()},
            {"compiler", compiler()},
            {"commit", commit()},
            {"busy", busy()}};
}

}  // namespace gradus::bench
