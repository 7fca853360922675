#pragma once
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/tensor.h"
#include "tests/temp_folder.h"

namespace gradus::test {

/// What NumPy's `save` wrote: f4 or f8 (i4, i8 become f64 too), little endian, C order. Always in f64; one number is
/// (1).
inline Tensor read_npy(const std::filesystem::path& path) {
    const std::string bytes = file_bytes(path);
    const auto expect = [&](bool ok) {
        if (!ok) throw std::runtime_error("not an array of numbers: " + path.string());
    };
    expect(bytes.size() > 12 && bytes.compare(0, 6, "\x93NUMPY") == 0);
    const bool first_version = bytes[6] == 1;
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
    const std::size_t header = first_version ? 10 : 12;
    const std::size_t start = header + (byte(8) | byte(9) << 8 | (first_version ? 0 : byte(10) << 16 | byte(11) << 24));
    expect(start <= bytes.size());
    const std::string dict = bytes.substr(header, start - header);
    expect(dict.find("'fortran_order': False") != std::string::npos);

    std::vector<std::int64_t> extents;
    const std::size_t open = dict.find("'shape': (");
    expect(open != std::string::npos);
    for (const char* at = dict.c_str() + open + 10; *at != ')';) {
        char* end = nullptr;
        extents.push_back(std::strtoll(at, &end, 10));
        expect(end != at);
        at = end + std::strspn(end, ", ");
    }
    if (extents.empty()) extents.push_back(1);

    Tensor result(Spec(Shape(extents), DType::f64));
    const auto to = result.values_to_write<double>();
    const auto read = [&]<class T>(T) {
        expect(bytes.size() - start == to.size() * sizeof(T));
        for (std::size_t i = 0; i < to.size(); ++i) {
            T value;
            std::memcpy(&value, bytes.data() + start + i * sizeof(T), sizeof(T));
            to[i] = static_cast<double>(value);
        }
    };
    if (dict.find("'<f8'") != std::string::npos)
        read(double());
    else if (dict.find("'<f4'") != std::string::npos)
        read(float());
    else if (dict.find("'<i8'") != std::string::npos)
        read(std::int64_t());
    else if (dict.find("'<i4'") != std::string::npos)
        read(std::int32_t());
    else
        expect(false);
    return result;
}

/// One of the committed reference tensors, golden("op_lrn_x").
inline Tensor golden(const std::string& name) {
    return read_npy(std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/golden" / (name + ".npy"));
}

}  // namespace gradus::test
