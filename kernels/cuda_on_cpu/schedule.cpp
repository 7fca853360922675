#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kernels/cuda_on_cpu/emulation.h"

namespace gradus::kernels::emulation {
namespace {

/// The text up to the next separator, which is taken off `rest` with it.
std::string_view next_word(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return word;
}

[[noreturn]] void not_understood(std::string_view word) {
    std::fprintf(stderr,
                 "GRADUS_CUDA_ON_CPU: \"%.*s\" is not known; choose from forward, reverse, random, seed=NUMBER, "
                 "late=all, late=none, or late= and some of copies, tma, wgmma, proxies with + between them\n",
                 static_cast<int>(word.size()), word.data());
    std::abort();
}

void set_late(Schedule& s, std::string_view words) {
    const bool all = words == "all";
    s.late_copies = s.late_tma = s.late_wgmma = s.late_proxies = all;
    if (all || words == "none") return;
    while (!words.empty()) {
        const std::string_view word = next_word(words, '+');
        if (word == "copies")
            s.late_copies = true;
        else if (word == "tma")
            s.late_tma = true;
        else if (word == "wgmma")
            s.late_wgmma = true;
        else if (word == "proxies")
            s.late_proxies = true;
        else
            not_understood(word);
    }
}

Schedule from_environment() {
    Schedule s;
    const char* text = std::getenv("GRADUS_CUDA_ON_CPU");
    std::string_view rest = text == nullptr ? "" : text;
    while (!rest.empty()) {
        const std::string_view word = next_word(rest, ',');
        if (word == "forward")
            s.order = Schedule::Order::forward;
        else if (word == "reverse")
            s.order = Schedule::Order::reverse;
        else if (word == "random")
            s.order = Schedule::Order::random;
        else if (word.starts_with("seed="))
            s.seed = static_cast<std::uint32_t>(std::strtoul(std::string(word.substr(5)).c_str(), nullptr, 10));
        else if (word.starts_with("late="))
            set_late(s, word.substr(5));
        else
            not_understood(word);
    }
    return s;
}

Schedule& current_schedule() {
    static Schedule s = from_environment();
    return s;
}

}  // namespace

Schedule schedule() { return current_schedule(); }
void set_schedule(const Schedule& s) { current_schedule() = s; }

}  // namespace gradus::kernels::emulation
