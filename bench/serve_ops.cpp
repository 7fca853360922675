// Times one op at a time on a device, on request, so that bench/gpu can alternate our runs with others'.
//
//     echo '{"op": "lrn", "x": [1, 56, 56, 64], "cold": 3, "warm": 10}' | gradus_bench_serve_ops --device cuda
//
// Each line of stdin is a problem (bench/op_problem.h) and how often to time it: the median of `cold` runs with nothing
// in the caches, and the mean of `warm` runs one after the other. The answer is a line of JSON: {"cold_ms", "warm_ms",
// "kernels", "flops", "bytes"}, or {"refused": reason}. The first request sets a problem up and warms it up; it is kept
// until {"forget": true}. bench/peers/serve_ops.py does the same in PyTorch.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "bench/op_problem.h"
#include "engine/require.h"

namespace gradus::bench {
namespace {

using nlohmann::json;

double median(std::vector<double> v) {
    std::sort(v.begin(), v.end());
    return v[v.size() / 2];
}

class Server {
public:
    Server(Device& device, int threads, std::size_t flush)
        : device_(device), threads_(threads), timer_(device, flush) {}

    json answer(json request) {
        if (request.contains("forget")) {
            made_.clear();
            return json::object();
        }
        const int cold = request.value("cold", 3), warm = request.value("warm", 10);
        require(cold > 0 && warm > 0, "{} cold and {} warm runs, expected at least one of each", cold, warm);
        request.erase("cold");
        request.erase("warm");
        OpProblem& problem = made_[request.dump()];
        if (!problem.run) {
            problem = op_problem(request, device_, threads_, timer_);
            for (int i = 0; i < 3; ++i) problem.run();  // the first packs, the second is recorded
        }
        std::vector<double> times;
        for (int i = 0; i < cold; ++i) times.push_back(timer_.cold(problem.run));
        return {{"cold_ms", median(times)},
                {"warm_ms", timer_.warm(problem.run, warm)},
                {"kernels", problem.kernels},
                {"flops", problem.cost.flops},
                {"bytes", problem.cost.bytes}};
    }

private:
    Device& device_;
    int threads_;
    DeviceTimer timer_;
    std::map<std::string, OpProblem> made_ = {};
};

}  // namespace
}  // namespace gradus::bench

int main(int argc, char** argv) {
    using namespace gradus;
    using nlohmann::json;
    std::string device = "cuda";
    int threads = default_threads(), flush = 256;
    CLI::App app("Times one op per line of stdin.");
    app.add_option("--device", device, "cuda, cuda:1, cuda-on-cpu, cpu")->capture_default_str();
    app.add_option("--threads", threads, "threads of the processor")->capture_default_str();
    app.add_option("--flush", flush, "MB to overwrite before a cold run")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        bench::Server server(device_named(device), threads, static_cast<std::size_t>(flush) << 20);
        for (std::string line; std::getline(std::cin, line);) {
            json answer;
            try {
                answer = server.answer(json::parse(line));
            } catch (const std::exception& error) {
                answer = {{"refused", error.what()}};
            }
            std::cout << answer.dump() << std::endl;
        }
    } catch (const std::exception& error) {
        std::cerr << "serve_ops: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
