#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "engine/cuda.h"
#include "engine/require.h"
#include "kernels/cpu/isa_name.h"
#include "kernels/vendor/libraries.h"
#include "nets/classes.h"
#include "nets/net.h"
#include "tools/cli/commands.h"
#include "tools/cli/recipe.h"
#include "tools/cli/self_check.h"
#include "tools/image/image.h"
#include "tools/techniques/classify.h"
#include "weights/locate.h"

namespace gradus {
namespace {

/// One screen: a line per fact or check, a mark in front of checks, in color on a terminal.
class Screen {
public:
    void fact(std::string_view what, std::string_view text) { fmt::print("  {:<12} {}\n", what, text); }
    void check(bool ok, std::string_view what, std::string_view text) {
        bad_ += !ok;
        const char* mark = ok ? "ok" : "BAD";
        if (isatty(STDOUT_FILENO) == 1)
            fmt::print("\033[{}m{:<4}\033[0m {:<12} {}\n", ok ? 32 : 31, mark, what, text);
        else
            fmt::print("{:<4} {:<12} {}\n", mark, what, text);
        std::fflush(stdout);
    }
    int bad() const { return bad_; }

private:
    int bad_ = 0;
};

void machine(Screen& screen) {
    screen.fact("gradus", version());
    screen.fact("processor", fmt::format("{} cores, kernels for {}", default_threads(), kernels::cpu::isa_name()));
    std::string why_none;
    const int gpus = cuda_devices(&why_none);
    if (gpus == 0) screen.fact("GPUs", fmt::format("none: {}", why_none));
    for (int i = 0; i < gpus; ++i) screen.fact("GPU", cuda_device(i).name());
    const auto library = [&](std::string_view name, const auto& loaded) {
        screen.fact(name, loaded.why_not.empty() ? loaded.version : "not found: " + loaded.why_not);
    };
    library("cuDNN", kernels::vendor::cudnn());
    library("cuBLAS", kernels::vendor::cublas());
}

void weights(Screen& screen) {
    for (const NetTable& table : net_tables()) {
        const auto path = find_weights(table.name);
        if (!path) {
            screen.fact("weights", fmt::format("{}: not here", table.name));
            continue;
        }
        try {
            // Every value is read: a NaN, a shape that does not fit or an end that is missing is found.
            const Net net = load_net(table.name);
            Graph g;
            const int side = table.input.size;
            net.record(g.leaf(Tensor(Spec(Shape{1, side, side, 3}))), {.wanted = {net.layer_names().back()}});
            screen.check(true, "weights", fmt::format("{}: {}", table.name, path->string()));
        } catch (const Error& error) {
            screen.check(false, "weights", error.what());
        }
    }
}

void kernels_of(Screen& screen, Device& device, int threads) {
    for (const Checked& c : check_kernels(device, threads))
        screen.check(c.ok(), device.name(),
                     fmt::format("{:<18} off by {:.1e}, {:.0e} is allowed", c.what, c.error, c.allowed));
}

void photograph(Screen& screen, const std::string& photo) {
    if (photo.empty() || !find_weights("googlenet")) return;
    const Net net = load_net("googlenet");
    const auto best = Classifier(net, DType::f32, {})(load_image(photo), 1);
    screen.check(true, "photograph",
                 fmt::format("{}: {}, {:.1f} %", photo, load_labels(net.table())[best[0].index].name,
                             100.0 * static_cast<double>(best[0].probability)));
}

}  // namespace

void add_doctor(Command app) {
    struct Options {
        std::string photo;
        int threads = default_threads();
    };
    auto o = std::make_shared<Options>();
    Command command =
        app.command("doctor", "what this machine has, and whether every kernel, gradient and weight file is right");
    command.option("photo", o->photo, "a photograph to name, if GoogLeNet's weights are here");
    command.option("--threads", o->threads, "threads").within(1, 1024);
    command.example("gradus doctor cat.jpg");
    command.defaults_from_environment({{"--threads", "GRADUS_THREADS"}});
    command.runs([o] {
        Screen screen;
        machine(screen);
        weights(screen);
        const Checked differences = check_differences();
        screen.check(differences.ok(), "gradient",
                     fmt::format("{}: off by {:.1e}", differences.what, differences.error));
        kernels_of(screen, cpu_device(), o->threads);
        kernels_of(screen, cuda_on_cpu_device(), o->threads);
        for (int i = 0; i < cuda_devices(); ++i) kernels_of(screen, cuda_device(i), o->threads);
        photograph(screen, o->photo);
        require(screen.bad() == 0, "doctor: {} of the checks failed", screen.bad());
    });
}

}  // namespace gradus
