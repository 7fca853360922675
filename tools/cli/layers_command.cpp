#include <fmt/format.h>

#include <memory>

#include "nets/describe.h"
#include "nets/net.h"
#include "tools/cli/commands.h"
#include "tools/cli/table.h"

namespace gradus {
namespace {

struct LayersCommand {
    std::string net = "googlenet";
    int size = 0;
    bool dot = false;
    std::string backward;
};

void run(const LayersCommand& c) {
    const NetTable net = load_table(c.net);
    const int size = c.size > 0 ? c.size : net.input.size;
    if (c.dot || !c.backward.empty()) {
        fmt::print("{}", c.backward.empty() ? dot(net, size, size) : dot_with_backward(net, size, size, c.backward));
        return;
    }
    std::vector<std::vector<std::string>> rows{
        {"layer", "kind", "shape", ">field", ">stride", ">parameters", ">flops"}};
    double parameters = 0, flops = 0;
    for (const LayerFacts& f : describe(net, size, size)) {
        const auto across = [](int pixels) { return pixels > 0 ? std::to_string(pixels) : std::string("all"); };
        rows.push_back({f.name, to_string(f.kind), to_string(f.shape), across(f.receptive_field),
                        f.stride > 0 ? std::to_string(f.stride) : "-",
                        f.parameters > 0 ? std::to_string(f.parameters) : "-", short_number(f.flops)});
        parameters += static_cast<double>(f.parameters);
        flops += f.flops;
    }
    fmt::print("{}\n{} at {}x{}: {} parameters, {}flop forward\n", table(rows), net.name, size, size,
               short_number(parameters), short_number(flops));
}

}  // namespace

void add_layers(Command app) {
    auto c = std::make_shared<LayersCommand>();
    Command command = app.command("layers", "list a network's layers: shapes, receptive fields, parameters, work");
    command.option("net,--net", c->net,
                   "network: googlenet, vgg16, vgg19, squeezenet1_1, lenet, mini, or a file that train wrote");
    command.option("--size", c->size, "side of the picture in pixels (0: the net's own)").within(0, 65535);
    command.flag("--dot", c->dot, "draw the network as DOT, for Graphviz");
    command.option("--backward", c->backward,
                   "draw, as DOT, the graph that computes this layer's gradient by the picture");
    command.example("gradus layers vgg16 --size 512");
    command.runs([c] { run(*c); });
}

}  // namespace gradus
