#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "engine/require.h"
#include "nets/table.h"
#include "tools/cli/commands.h"
#include "tools/cli/download.h"
#include "tools/cli/table.h"
#include "weights/file.h"
#include "weights/locate.h"
#include "weights/manifest.h"
#include "weights/safetensors.h"
#include "weights/sha256.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

void list() {
    std::vector<std::vector<std::string>> rows{{"net", ">MB", "license", "where"}};
    for (const NetTable& net : net_tables()) {
        const auto path = find_weights(net.name);
        const KnownFile* known = known_file(net.name);
        rows.push_back({net.name, path ? fmt::format("{:.1f}", static_cast<double>(fs::file_size(*path)) / 1e6) : "-",
                        known ? std::string(known->license) : "-",
                        path    ? path->string()
                        : known ? fmt::format("not here; `gradus weights get {}` gets it", net.name)
                                : "not here; no download is known"});
    }
    fmt::print("{}", table(rows));
}

void convert(const std::string& from, const std::string& to) {
    const WeightFile file = WeightFile::open(from);
    std::vector<std::vector<float>> values;
    std::vector<NamedValues> tensors;
    values.reserve(file.entries().size());
    for (const Entry& entry : file.entries()) {
        values.push_back(file.read_f32(entry));
        tensors.push_back({entry.name, entry.shape, values.back()});
    }
    write_safetensors(to, tensors, file.metadata());
    fmt::print("{}: {} tensors, sha256 {}\n", to, tensors.size(), sha256(WeightFile::open(to).bytes()));
}

}  // namespace

void add_weights(Command app) {
    Command command = app.command("weights", "list, get and convert the networks' weights");
    command.command("list", "which networks' weights are here, and where").runs(list);

    auto net = std::make_shared<std::string>();
    Command get = command.command("get", "download a network's weights into the user's cache");
    get.option("net", *net, "network: googlenet, vgg16, vgg19, squeezenet1_1 or lenet").required();
    get.runs([net] { get_weights(*net); });

    auto from = std::make_shared<std::string>(), to = std::make_shared<std::string>();
    Command conversion = command.command("convert", "turn a .caffemodel or .safetensors file into .safetensors in f32");
    conversion.option("file", *from, "file to read").required();
    conversion.option("-o,--output", *to, "file to write").required();
    conversion.runs([from, to] { convert(*from, *to); });
    command.example("gradus weights get googlenet");
}

}  // namespace gradus
