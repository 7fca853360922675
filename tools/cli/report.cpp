#include "tools/cli/report.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "kernels/copy.h"
#include "kernels/peak.h"
#include "tools/cli/table.h"

namespace gradus {
namespace {

std::string milliseconds(double seconds) { return seconds > 0 ? fmt::format("{:.3f}", seconds * 1e3) : "-"; }
std::string megabytes(double bytes) { return fmt::format("{:.2f}", bytes / 1e6); }

/// The best of a few runs: the machine at its best.
template <class F>
double fastest(int runs, const F& f) {
    double best = 1e30;
    for (int i = 0; i < runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        f();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

}  // namespace

std::string profile_by_op(const std::vector<StepReport>& steps) {
    struct Sum {
        int count = 0;
        double seconds = 0, flops = 0, bytes = 0;
    };
    std::map<std::pair<std::string, std::string>, Sum> sums;
    double all = 0;
    for (const StepReport& s : steps) {
        Sum& sum = sums[{s.op, s.kernel}];
        ++sum.count;
        sum.seconds += s.seconds;
        sum.flops += s.cost.flops;
        sum.bytes += s.cost.bytes;
        all += s.seconds;
    }
    std::vector<std::pair<std::pair<std::string, std::string>, Sum>> order(sums.begin(), sums.end());
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
    std::vector<std::vector<std::string>> rows{{"op", "kernel", ">steps", ">ms", ">share", ">GFLOP/s", ">GB/s"}};
    for (const auto& [name, s] : order)
        rows.push_back({name.first, name.second, std::to_string(s.count), milliseconds(s.seconds),
                        fmt::format("{:.1f} %", all > 0 ? 100 * s.seconds / all : 0.0),
                        s.seconds > 0 ? fmt::format("{:.1f}", s.flops / s.seconds / 1e9) : "-",
                        s.seconds > 0 ? fmt::format("{:.1f}", s.bytes / s.seconds / 1e9) : "-"});
    rows.push_back({"all", "", std::to_string(steps.size()), milliseconds(all), "", "", ""});
    return table(rows);
}

std::string explain_steps(const std::vector<StepReport>& steps, const MachinePeak& peak, bool declined) {
    std::vector<std::vector<std::string>> rows{
        {">#", "op", "kernel", "makes", "name", "how", ">MFLOP", ">MB", ">ms", ">of peak"}};
    std::string reasons;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const StepReport& s = steps[i];
        // The least time that the machine would need for the work or for the traffic, whichever is more.
        const double least = peak.flops_per_second > 0
                                 ? std::max(s.cost.flops / peak.flops_per_second, s.cost.bytes / peak.bytes_per_second)
                                 : 0;
        rows.push_back({std::to_string(i), s.op, s.kernel, to_string(s.out), s.name, s.how,
                        fmt::format("{:.2f}", s.cost.flops / 1e6), megabytes(s.cost.bytes), milliseconds(s.seconds),
                        s.seconds > 0 && least > 0 ? fmt::format("{:.0f} %", 100 * least / s.seconds) : "-"});
        for (const std::string& reason : s.declined) reasons += fmt::format("{:>4} {}: {}\n", i, s.op, reason);
    }
    std::string text = table(rows);
    if (declined && !reasons.empty()) text += "\nkernels that did not serve:\n" + reasons;
    return text;
}

MachinePeak measure_peak(int threads) {
    const Stream stream = cpu_device().stream(threads);
    const auto fma = GRADUS_PICK(kernels::PeakFlops, peak_flops);
    double flops = 0;
    MachinePeak peak;
    const double seconds = fastest(5, [&] { flops = fma(stream); });
    peak.flops_per_second = flops / seconds;
    const std::size_t bytes = std::size_t{1} << 27;
    const std::int64_t row = 4096;
    const Buffer from(cpu_device(), bytes), to(cpu_device(), bytes);
    const auto copy = GRADUS_PICK(kernels::Copy, copy);
    const auto once = [&] {
        copy(static_cast<const std::byte*>(from.data()), row, static_cast<std::byte*>(to.data()), row,
             static_cast<std::int64_t>(bytes) / row, row, stream);
    };
    once();
    peak.bytes_per_second = 2.0 * static_cast<double>(bytes) / fastest(5, once);
    return peak;
}

std::string memory_line(const MemoryReport& m) {
    return fmt::format(
        "memory: {:.1f} MB activations, gradients and scratch; {:.1f} MB packed filters; {:.1f} MB leaves; {:.1f} MB "
        "in all",
        static_cast<double>(m.arena) / 1e6, static_cast<double>(m.packed) / 1e6, static_cast<double>(m.leaves) / 1e6,
        static_cast<double>(m.total()) / 1e6);
}

std::size_t peak_resident_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    return static_cast<std::size_t>(usage.ru_maxrss);
#else
    return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
#endif
}

}  // namespace gradus
