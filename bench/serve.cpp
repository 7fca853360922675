// Runs a case on request and tells its milliseconds, so that bench/compare can alternate our runs with others'.
//
//     echo vgg16_convs/nhwc/f32 | gradus_bench_serve --threads 2
//
// Each line of stdin is CASE/LAYOUT/DTYPE (the layout is ignored: ours is NHWC) and is answered by a number, or by
// "error: " and the reason; see bench/peers/convs.py for the cases. The first request of a case sets it up and warms it
// up, untimed; only `dream` starts cold, as a user's does.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "bench/context.h"
#include "bench/work.h"
#include "engine/require.h"

namespace gradus::bench {
namespace {

struct Options {
    int threads = default_threads();
    std::string photo;
    int width = 1024;
};

Work make(const std::string& name, DType dtype, const Options& o) {
    const std::map<std::string, std::function<Work()>> cases{
        {"vgg16_convs", [&] { return vgg16_convs(dtype, o.threads, Passes::both); }},
        {"vgg16_forward", [&] { return vgg16_convs(dtype, o.threads, Passes::forward); }},
        {"vgg16_gradient", [&] { return vgg16_convs(dtype, o.threads, Passes::gradient); }},
        {"vgg16_net", [&] { return net_gradient("vgg16", "pool5", dtype, o.threads); }},
        {"googlenet_4c", [&] { return net_gradient("googlenet", "inception_4c/output", dtype, o.threads); }},
        {"googlenet_5b", [&] { return net_gradient("googlenet", "inception_5b/output", dtype, o.threads); }},
        {"visualize", [&] { return visualize_steps(10, dtype, o.threads); }},
        {"style", [&] { return style_steps(1, dtype, o.threads); }},
        {"training", [&] { return training_step(dtype, o.threads); }},
        {"onednn_convs", [&] { return bare_onednn_convs(dtype, o.threads); }},
        {"dream", [&] { return whole_dream(o.photo, o.width, dtype, o.threads); }},
    };
    const auto found = cases.find(name);
    std::string known;
    for (const auto& c : cases) known += (known.empty() ? "" : ", ") + c.first;
    require(found != cases.end(), "no case {}; there are {}", name, known);
    Work work = found->second();
    if (name != "dream")
        for (int i = 0; i < 3; ++i) work();
    return work;
}

std::string answer(const std::string& request, const Options& o) {
    static std::map<std::string, Work> made;
    const auto slash = request.find('/'), last = request.rfind('/');
    const std::string dtype = request.substr(last + 1);
    require(slash != last && (dtype == "f32" || dtype == "bf16"), "\"{}\" is no CASE/LAYOUT/DTYPE with f32 or bf16",
            request);
    Work& work = made[request];
    if (!work) work = make(request.substr(0, slash), dtype == "f32" ? DType::f32 : DType::bf16, o);
    const auto start = std::chrono::steady_clock::now();
    work();
    return fmt::format("{:.3f}",
                       std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
}

}  // namespace
}  // namespace gradus::bench

int main(int argc, char** argv) {
    using namespace gradus;
    bench::Options options;
    bool context = false;
    CLI::App app("Runs a case per line of stdin and prints its milliseconds.");
    app.add_option("--threads", options.threads, "threads")->capture_default_str();
    app.add_option("--photo", options.photo, "photograph of the case dream");
    app.add_option("--width", options.width, "its width in pixels")->capture_default_str();
    app.add_flag("--context", context, "print what the numbers depend on, as JSON, and stop");
    CLI11_PARSE(app, argc, argv);
    if (context) {
        const auto facts = bench::context();
        std::cout << nlohmann::json(std::map<std::string, std::string>(facts.begin(), facts.end())).dump() << "\n";
        return 0;
    }
    for (std::string line; std::getline(std::cin, line);) {
        try {
            std::cout << bench::answer(line, options) << std::endl;
        } catch (const std::exception& error) {
            std::cout << "error: " << error.what() << std::endl;
        }
    }
    return 0;
}
