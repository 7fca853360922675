#include "weights/wire.h"

#include "engine/require.h"

namespace gradus {

std::optional<WireField> WireReader::next() {
    if (at_ == bytes_.size()) return std::nullopt;
    const auto key = varint();
    WireField field;
    field.kind = static_cast<WireField::Kind>(key & 7);
    require(key >> 3 >= 1 && key >> 3 < 1u << 29, "{}: byte {} of a {} begins field {}, expected 1 to 2^29", file_, at_,
            part_, key >> 3);
    field.number = static_cast<std::uint32_t>(key >> 3);
    switch (field.kind) {
        case WireField::varint:
            field.value = varint();
            break;
        case WireField::fixed64:
            field.data = take(8);
            break;
        case WireField::bytes:
            field.data = take(varint());
            break;
        case WireField::fixed32:
            field.data = take(4);
            break;
        default:
            throw Error(fmt::format("{}: byte {} of a {} begins a field of kind {}, expected one of a Caffe file",
                                    file_, at_, part_, key & 7));
    }
    return field;
}

std::optional<std::uint64_t> WireReader::next_packed() {
    if (at_ == bytes_.size()) return std::nullopt;
    return varint();
}

std::uint64_t WireReader::varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        const auto byte = static_cast<std::uint64_t>(take(1)[0]);
        if (shift == 63 && byte > 1) break;  // the tenth byte has room for one bit
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
    throw Error(fmt::format("{}: byte {} of a {} ends a number of more than 64 bits, expected a Caffe file", file_, at_,
                            part_));
}

std::span<const std::byte> WireReader::take(std::uint64_t size) {
    require(size <= bytes_.size() - at_,
            "{}: byte {} of a {} is followed by {} more, expected {}; is the file cut short?", file_, at_, part_,
            bytes_.size() - at_, size);
    const auto taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
}

}  // namespace gradus
