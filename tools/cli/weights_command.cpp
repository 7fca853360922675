#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "engine/require.h"
#include "nets/table.h"
#include "tools/cli/commands.h"
#include "tools/cli/download.h"
#include "tools/cli/table.h"
#include "weights/file.h"
#include "weights/intact.h"
#include "weights/locate.h"
#include "weights/manifest.h"
#include "weights/safetensors.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

/// "yes", because it is as published or as recorded; "it seems", where nobody says what it should be; or what is wrong.
std::string state_of(const fs::path& file) {
    try {
        const Intact intact = check_intact(file);
        return intact.as.empty() ? "it seems" : "as " + intact.as;
    } catch (const Error& error) {
        return fmt::format("NO: {}", error.what());
    }
}

void list() {
    std::vector<std::string> nets;
    for (const NetTable& net : net_tables()) nets.push_back(net.name);
    for (const std::string& net : known_nets())
        if (std::find(nets.begin(), nets.end(), net) == nets.end()) nets.push_back(net);

    std::vector<std::vector<std::string>> rows{{"net", ">MB", "license", "intact", "where"}};
    for (const std::string& net : nets) {
        const auto path = find_weights(net);
        const KnownFile* known = known_file(net);
        const bool loadable = known != nullptr && known->way == KnownFile::Way::direct;
        rows.push_back({net, path ? fmt::format("{:.1f}", static_cast<double>(fs::file_size(*path)) / 1e6) : "-",
                        known ? std::string(known->license) : "-", path ? state_of(*path) : "-",
                        path
                            ? path->string()
                            : fmt::format("not here; {}", loadable ? fmt::format("`gradus weights get {}` gets it", net)
                                                          : known  ? fmt::format("made from {}", known->url)
                                                                   : "no download is known")});
    }
    fmt::print("{}", table(rows));
}

void verify(const std::string& path) {
    const Intact intact = check_intact(path);
    fmt::print("{}: {} tensors, {} values, all finite; sha256 {}, {}\n", path, intact.tensors,
               short_number(static_cast<double>(intact.values)), intact.sha256,
               intact.as.empty() ? "with none published or recorded to compare it with" : "as " + intact.as);
}

void convert(const std::string& from, const std::string& to, const std::string& type) {
    const WeightFile file = WeightFile::open(from);
    convert_safetensors(file, to, type == "f16" ? FileType::f16 : type == "bf16" ? FileType::bf16 : FileType::f32);
    fmt::print("{}: {} tensors, sha256 {}\n", to, file.entries().size(), check_intact(to).sha256);
}

}  // namespace

void add_weights(Command app) {
    Command command = app.command("weights", "list, get, convert and verify the networks' weights");
    Command listing = command.command("list", "which networks' weights are here, where, and whether they are intact");
    listing.example("gradus weights list");
    listing.runs(list);

    auto net = std::make_shared<std::string>(), place = std::make_shared<std::string>();
    Command get = command.command("get", "put a network's weights into the user's cache, whole and checked");
    get.option("net", *net, "a network of `gradus weights list`, or all").required();
    get.option("--from", *place,
               "a folder that holds the files, or the URL of one that has them under their own names (default: where "
               "their authors publish them)");
    get.example("gradus weights get googlenet");
    get.runs([net, place] { get_weights(*net, *place); });

    struct Conversion {
        std::string from, to, type = "f32";
    };
    auto c = std::make_shared<Conversion>();
    Command conversion = command.command("convert", "turn a .caffemodel or .safetensors file into .safetensors");
    conversion.option("file", c->from, "file to read").required();
    conversion.option("-o,--output", c->to, "file to write").required();
    conversion.option("--dtype", c->type, "how numbers are stored, rounded to the nearest")
        .one_of({"f32", "bf16", "f16"});
    conversion.example("gradus weights convert bvlc_googlenet.caffemodel -o googlenet.safetensors --dtype f16");
    conversion.runs([c] { convert(c->from, c->to, c->type); });

    auto file = std::make_shared<std::string>();
    Command verification = command.command(
        "verify", "read a whole weight file: structure, every number, its size and hash where they are known");
    verification.option("file", *file, "file to read").required();
    verification.example("gradus weights verify googlenet.safetensors");
    verification.runs([file] { verify(*file); });
    command.example("gradus weights get googlenet");
}

}  // namespace gradus
