#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/file.h"
#include "weights/numbers.h"
#include "weights/output_file.h"
#include "weights/safetensors.h"

namespace gradus {
namespace {

/// What the header says of a tensor, without where it lies.
struct Row {
    const std::string& name;
    const std::vector<std::int64_t>& shape;
    FileType type;
    std::uint64_t values;
};

std::string header_text(const std::vector<Row>& rows, const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::uint64_t begin = 0;
    for (const Row& row : rows) {
        const auto count = count_of(row.shape);
        require(count == row.values, "tensor {} to write: found {} values, expected those of the shape {}",
                in_quotes(row.name), row.values, shape_text(row.shape));
        require(row.name != "__metadata__" && !header.contains(row.name),
                "tensor {} to write: found the name twice, expected once", in_quotes(row.name));
        const std::uint64_t end = begin + row.values * size_of(row.type);
        header[row.name] = {{"dtype", to_string(row.type)}, {"shape", row.shape}, {"data_offsets", {begin, end}}};
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

void write_header(OutputFile& file, const std::string& header) {
    const std::uint64_t length = header.size();
    file.write(std::as_bytes(std::span(&length, 1)));
    file.write(std::as_bytes(std::span(header)));
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NamedValues> tensors,
                       const std::map<std::string, std::string>& metadata, FileType type) {
    std::vector<Row> rows;
    for (const auto& tensor : tensors) rows.push_back({tensor.name, tensor.shape, type, tensor.values.size()});
    const std::string header = header_text(rows, metadata);
    OutputFile file(path);
    write_header(file, header);
    for (const auto& tensor : tensors) file.write(stored_as(type, tensor.values));
    file.commit();
}

void write_safetensors(const std::filesystem::path& path, std::span<const Entry> tensors,
                       const std::map<std::string, std::string>& metadata) {
    std::vector<Row> rows;
    for (const Entry& tensor : tensors) {
        const std::size_t bytes = tensor.bytes.size(), each = size_of(tensor.type);
        require(bytes % each == 0, "tensor {} to write: found {} bytes, expected whole values of {}",
                in_quotes(tensor.name), bytes, each);
        rows.push_back({tensor.name, tensor.shape, tensor.type, bytes / each});
    }
    const std::string header = header_text(rows, metadata);
    OutputFile file(path);
    write_header(file, header);
    for (const Entry& tensor : tensors) file.write(tensor.bytes);
    file.commit();
}

void convert_safetensors(const WeightFile& file, const std::filesystem::path& path, FileType type) {
    std::vector<Row> rows;
    for (const Entry& tensor : file.entries())
        rows.push_back({tensor.name, tensor.shape, is_floating(tensor.type) ? type : tensor.type,
                        tensor.bytes.size() / size_of(tensor.type)});
    const std::string header = header_text(rows, file.metadata());
    OutputFile out(path);
    write_header(out, header);
    for (const Entry& tensor : file.entries()) {
        if (!is_floating(tensor.type)) {
            out.write(tensor.bytes);
            continue;
        }
        read_pieces(tensor, file.path(), [&](std::span<const float> piece) {
            const float limit = largest_in(type);
            const auto large = std::ranges::find_if(piece, [&](float value) { return std::fabs(value) > limit; });
            if (large != piece.end())
                throw Error(fmt::format("{}: tensor {} holds {}, expected at most {} in {}", file.path(),
                                        in_quotes(tensor.name), *large, limit, to_string(type)));
            out.write(stored_as(type, piece));
        });
    }
    out.commit();
}

}  // namespace gradus
