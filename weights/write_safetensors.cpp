#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/numbers.h"
#include "weights/output_file.h"
#include "weights/safetensors.h"

namespace gradus {
namespace {

std::string header_text(std::span<const NamedValues> tensors, const std::map<std::string, std::string>& metadata,
                        FileType type) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::uint64_t begin = 0;
    for (const auto& tensor : tensors) {
        const auto count = count_of(tensor.shape);
        require(count == tensor.values.size(), "tensor {} to write: found {} values, expected those of the shape {}",
                in_quotes(tensor.name), tensor.values.size(), shape_text(tensor.shape));
        require(tensor.name != "__metadata__" && !header.contains(tensor.name),
                "tensor {} to write: found the name twice, expected once", in_quotes(tensor.name));
        const std::uint64_t end = begin + tensor.values.size() * size_of(type);
        header[tensor.name] = {{"dtype", to_string(type)}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
        begin = end;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const nlohmann::json::exception&) {
        throw Error("weights to write: found a name or metadata that is not UTF-8, expected UTF-8");
    }
    text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the values lie aligned in a mapped file
    return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NamedValues> tensors,
                       const std::map<std::string, std::string>& metadata, FileType type) {
    const std::string header = header_text(tensors, metadata, type);
    const std::uint64_t length = header.size();
    OutputFile file(path);
    file.write(std::as_bytes(std::span(&length, 1)));
    file.write(std::as_bytes(std::span(header)));
    for (const auto& tensor : tensors) file.write(stored_as(type, tensor.values));
    file.commit();
}

}  // namespace gradus
