#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace gradus {

/// Protocol buffers' wire format, field by field, over bytes that may come from anybody: every varint and length is
/// checked before it is believed.
struct WireField {
    std::uint32_t number = 0;
    enum Kind { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 } kind = varint;
    std::uint64_t value = 0;               // of a varint
    std::span<const std::byte> data = {};  // of the other kinds: 8, any number of, 4 bytes

    std::string text() const { return {reinterpret_cast<const char*>(data.data()), data.size()}; }
};

class WireReader {
public:
    /// `file` begins the sentence of an error, `part` names what is read: "layer \"conv1\"".
    WireReader(std::span<const std::byte> bytes, const std::string& file, const char* part)
        : bytes_(bytes), file_(file), part_(part) {}

    /// The next field, or nothing at the end. Throws Error for what is no field.
    std::optional<WireField> next();
    /// The next bare varint of a packed list, or nothing at the end.
    std::optional<std::uint64_t> next_packed();

private:
    std::uint64_t varint();
    std::span<const std::byte> take(std::uint64_t size);

    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    const std::string& file_;
    const char* part_;
};

}  // namespace gradus
