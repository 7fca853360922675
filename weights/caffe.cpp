#include "weights/caffe.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_set>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/wire.h"

namespace gradus {
namespace {

// The field numbers of caffe.proto.
namespace net {
constexpr std::uint32_t name = 1, old_layer = 2, layer = 100;
}
namespace old_layer {
constexpr std::uint32_t v0 = 1, name = 4, type = 5, blob = 6;
constexpr std::uint64_t convolution = 4, inner_product = 14, deconvolution = 39;
}  // namespace old_layer
namespace layer {
constexpr std::uint32_t name = 1, type = 2, blob = 7;
}
namespace blob {
constexpr std::uint32_t first_extent = 1, last_extent = 4, data = 5, shape = 7, double_data = 8;
}

constexpr std::size_t longest_name = 500, most_blobs = 100;  // of a layer

/// The values of a blob, which a file may give in one packed piece, in several, or one by one.
struct Values {
    std::uint32_t field;               // who holds them
    WireField::Kind single;            // and how, one by one
    std::span<const std::byte> piece;  // the last one
    std::size_t pieces = 0, bytes = 0;

    bool has(const WireField& found) const {
        return found.number == field && (found.kind == WireField::bytes || found.kind == single);
    }
    void add(std::span<const std::byte> data) {
        piece = data;
        bytes += data.size();
        ++pieces;
    }
};

class CaffeReader {
public:
    CaffeReader(std::span<const std::byte> bytes, const std::string& file) : bytes_(bytes), file_(file) {}

    Contents read() {
        // A blob begins with an extent, with values or with its shape. For a network these numbers and kinds would mean
        // an input's extent, before any input has a name, or nothing.
        const auto first = WireReader(bytes_, file_, "file").next();
        require(first.has_value(), "{}: found an empty file, expected a Caffe file", file_);
        const bool is_blob = (first->number <= blob::last_extent && first->kind == WireField::varint) ||
                             first->number == blob::data ||
                             (first->number == blob::shape && first->kind == WireField::bytes);
        if (is_blob)
            read_blob(bytes_, "mean", 4);
        else
            read_net();
        require(!out_.entries.empty(), "{}: found no trained values, expected a .caffemodel or .binaryproto", file_);
        return std::move(out_);
    }

private:
    void read_net() {
        WireReader reader(bytes_, file_, "network");
        while (const auto field = reader.next()) {
            if (field->kind != WireField::bytes) continue;
            if (field->number == net::name) out_.metadata["network"] = name_in(*field);
            if (field->number == net::old_layer) read_old_layer(field->data);
            if (field->number == net::layer) read_layer(field->data);
        }
    }

    void read_old_layer(std::span<const std::byte> bytes) {
        std::string name;
        std::vector<std::span<const std::byte>> blobs;
        std::uint64_t type = 0;
        WireReader reader(bytes, file_, "layer");
        while (const auto field = reader.next()) {
            require(field->number != old_layer::v0 || field->kind != WireField::bytes,
                    "{}: found a layer of Caffe's oldest form (V0), expected a newer one; upgrade_net_proto_binary "
                    "makes one",
                    file_);
            if (field->number == old_layer::type && field->kind == WireField::varint) type = field->value;
            if (field->kind != WireField::bytes) continue;
            if (field->number == old_layer::name) name = name_in(*field);
            if (field->number == old_layer::blob) add_blob(blobs, field->data);
        }
        const bool filters = type == old_layer::convolution || type == old_layer::deconvolution;
        read_blobs(name, blobs, filters ? 4 : type == old_layer::inner_product ? 2 : 1);
    }

    void read_layer(std::span<const std::byte> bytes) {
        std::string name, type;
        std::vector<std::span<const std::byte>> blobs;
        WireReader reader(bytes, file_, "layer");
        while (const auto field = reader.next()) {
            if (field->kind != WireField::bytes) continue;
            if (field->number == layer::name) name = name_in(*field);
            if (field->number == layer::type) type = name_in(*field);
            if (field->number == layer::blob) add_blob(blobs, field->data);
        }
        const bool filters = type == "Convolution" || type == "Deconvolution";
        read_blobs(name, blobs, filters ? 4 : type == "InnerProduct" ? 2 : 1);
    }

    std::string name_in(const WireField& field) const {
        require(field.data.size() <= longest_name, "{}: found a name of {} bytes, expected at most {}", file_,
                field.data.size(), longest_name);
        return field.text();
    }

    void add_blob(std::vector<std::span<const std::byte>>& blobs, std::span<const std::byte> blob) const {
        require(blobs.size() < most_blobs, "{}: found a layer of more than {} blobs, expected fewer", file_,
                most_blobs);
        blobs.push_back(blob);
    }

    void read_blobs(const std::string& name, const std::vector<std::span<const std::byte>>& blobs, std::size_t rank) {
        for (std::size_t i = 0; i < blobs.size(); ++i) {
            const auto role = i == 0 ? ".weight" : i == 1 ? ".bias" : fmt::format(".blob{}", i);
            read_blob(blobs[i], name + role, i == 0 ? rank : 1);
        }
    }

    /// `rank`: how many extents to keep of an old blob, which has four.
    void read_blob(std::span<const std::byte> bytes, std::string name, std::size_t rank) {
        std::array<std::int64_t, 4> old{};
        std::optional<std::vector<std::int64_t>> shape;
        Values floats{.field = blob::data, .single = WireField::fixed32, .piece = {}};
        Values doubles{.field = blob::double_data, .single = WireField::fixed64, .piece = {}};
        WireReader reader(bytes, file_, "blob");
        while (const auto field = reader.next()) {
            const bool packed = field->kind == WireField::bytes;
            if (field->number <= blob::last_extent && field->kind == WireField::varint) {
                old[field->number - blob::first_extent] = static_cast<std::int64_t>(field->value);
            } else if (field->number == blob::shape && packed) {
                shape = read_shape(field->data);
            } else if (floats.has(*field)) {
                floats.add(field->data);
            } else if (doubles.has(*field)) {
                doubles.add(field->data);
            }
        }
        if (!shape) {
            std::span<const std::int64_t> extents(old);
            while (extents.size() > rank && extents[0] == 1) extents = extents.subspan(1);
            shape.emplace(extents.begin(), extents.end());
        }
        const Values& values = doubles.pieces > 0 ? doubles : floats;
        add({std::move(name), doubles.pieces > 0 ? FileType::f64 : FileType::f32, std::move(*shape),
             values.pieces <= 1 ? values.piece : gather(bytes, values)});
    }

    /// The values of a blob that scatters them, one behind the other.
    std::span<const std::byte> gather(std::span<const std::byte> blob, const Values& values) {
        std::vector<std::byte> joined;
        joined.reserve(values.bytes);  // a vector that grows would hold them twice
        WireReader reader(blob, file_, "blob");
        while (const auto field = reader.next())
            if (values.has(*field)) joined.insert(joined.end(), field->data.begin(), field->data.end());
        out_.gathered.push_back(std::move(joined));
        return out_.gathered.back();
    }

    std::vector<std::int64_t> read_shape(std::span<const std::byte> bytes) {
        std::vector<std::int64_t> shape;
        const auto extent = [&](std::uint64_t value) {
            require(shape.size() < 8, "{}: found a blob of more than 8 extents, expected at most 8", file_);
            shape.push_back(static_cast<std::int64_t>(value));
        };
        WireReader reader(bytes, file_, "shape");
        while (const auto field = reader.next()) {
            if (field->number != 1) continue;
            if (field->kind == WireField::varint) extent(field->value);
            WireReader packed(field->data, file_, "shape");
            while (const auto value = packed.next_packed()) extent(*value);
        }
        return shape;
    }

    void add(Entry entry) {
        const auto most = most_tensors_in(bytes_.size());
        require(out_.entries.size() < most && names_.insert(entry.name).second,
                "{}: tensor {} comes twice or after {} others, expected fewer, each once", file_, in_quotes(entry.name),
                most);
        const auto size = entry.bytes.size(), width = size_of(entry.type);
        const auto count = count_of(entry.shape);
        require(count && *count == size / width && size % width == 0,
                "{}: tensor {} has the shape {} of {} but {} bytes, expected them to match", file_,
                in_quotes(entry.name), shape_text(entry.shape), to_string(entry.type), size);
        out_.entries.push_back(std::move(entry));
    }

    std::span<const std::byte> bytes_;
    const std::string& file_;
    Contents out_;
    std::unordered_set<std::string> names_;
};

}  // namespace

Contents parse_caffe(std::span<const std::byte> bytes, const std::string& file) {
    return CaffeReader(bytes, file).read();
}

}  // namespace gradus
