#pragma once
// A small writer of Caffe's wire format, so that every test says what its file holds.
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace gradus::test::caffe {

inline std::string varint(std::uint64_t value) {
    std::string out;
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
    return out + static_cast<char>(value);
}
inline std::string number(unsigned field, std::uint64_t value) { return varint(field << 3) + varint(value); }
inline std::string bytes(unsigned field, const std::string& data) {
    return varint(field << 3 | 2) + varint(data.size()) + data;
}
template <class T>
std::string raw(std::vector<T> values) {
    std::string out(values.size() * sizeof(T), '\0');
    std::memcpy(out.data(), values.data(), out.size());
    return out;
}
inline std::string old_shape(unsigned n, unsigned c, unsigned h, unsigned w) {
    return number(1, n) + number(2, c) + number(3, h) + number(4, w);
}
inline std::string new_shape(const std::vector<unsigned>& extents) {
    std::string packed;
    for (const auto extent : extents) packed += varint(extent);
    return bytes(7, bytes(1, packed));
}
inline std::string floats(std::size_t n) { return bytes(5, std::string(4 * n, '\0')); }
inline std::string layer(const std::string& name, const std::string& type, const std::vector<std::string>& blobs) {
    std::string out = bytes(1, name) + bytes(2, type);
    for (const auto& blob : blobs) out += bytes(7, blob);
    return bytes(100, out);
}
inline std::string old_layer(const std::string& name, unsigned type, const std::vector<std::string>& blobs) {
    std::string out = bytes(4, name) + number(5, type);
    for (const auto& blob : blobs) out += bytes(6, blob);
    return bytes(2, out);
}

/// A file of a layer and of something that is passed over, so many bytes long in all.
inline std::string file_of(std::size_t size, const std::vector<float>& values = {1, 2, 3}) {
    const std::string net =
        layer("a", "Scale", {new_shape({static_cast<unsigned>(values.size())}) + bytes(5, raw(values))});
    std::string filler(size - net.size() - 6, '\0');  // the field's key takes 2 bytes, its length 4
    while (net.size() + bytes(999, filler).size() > size) filler.pop_back();
    return net + bytes(999, filler);
}

}  // namespace gradus::test::caffe
