// Weight files that lie: about where tensors are, how many there are, what they hold.
#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <limits>

#include "tests/tools/bad/input.h"

namespace gradus::test {
namespace {

using namespace std::string_literals;

std::string safetensors(const std::string& header, const std::string& data, std::uint64_t length) {
    std::string file(8, '\0');
    std::memcpy(file.data(), &length, 8);
    return file + header + data;
}
std::string safetensors(const std::string& header, const std::string& data) {
    return safetensors(header, data, header.size());
}

std::string tensor(const std::string& name, const std::string& shape, int from, int to,
                   const std::string& dtype = "F32") {
    return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", name, dtype, shape, from, to);
}

std::string one(const std::string& shape, int from, int to, const std::string& data, const std::string& dtype = "F32") {
    return safetensors("{" + tensor("a", shape, from, to, dtype) + "}", data);
}

std::string two(int to, int from, const std::string& second = "b") {
    return safetensors("{" + tensor("a", "[2]", 0, to) + "," + tensor(second, "[2]", from, from + 8) + "}",
                       std::string(16, '\0'));
}

std::string number(float value) {
    std::string bytes(4, '\0');
    std::memcpy(bytes.data(), &value, 4);
    return bytes;
}

}  // namespace

void write_bad_weights(const TempFolder& folder) {
    const std::string eight(8, '\0');
    folder.write("weights.safetensors", one("[256]", 0, 1024, std::string(1024, '\0')));
    folder.write("text.safetensors", "no weights, and long enough to look like some");
    folder.write("empty.safetensors", "");
    folder.write("short.safetensors", "1234567");
    folder.write("header.safetensors", safetensors("{}", "", std::uint64_t{1} << 60));
    folder.write("long.safetensors", safetensors("{}", "", ~std::uint64_t{0}));
    folder.write("cut.safetensors", one("[4]", 0, 16, eight));
    folder.write("outside.safetensors", one("[2]", 1 << 30, (1 << 30) + 8, eight));
    folder.write("backwards.safetensors", one("[2]", 8, 0, eight));
    folder.write("overlap.safetensors", two(8, 4));
    folder.write("gap.safetensors", two(8, 12));
    folder.write("twice.safetensors", two(8, 8, "a"));
    folder.write("shape.safetensors", one("[3]", 0, 8, eight));
    folder.write("negative.safetensors", one("[-2]", 0, 8, eight));
    folder.write("overflow.safetensors", one("[4294967296,4294967296,4294967296]", 0, 8, eight));
    folder.write("dtype.safetensors", one("[8]", 0, 8, eight, "F8_E4M3"));
    folder.write("list.safetensors", safetensors("[]", ""));
    folder.write("deep.safetensors", safetensors(std::string(1'000'000, '['), ""));
    folder.write("nan.safetensors", one("[2]", 0, 8, number(1) + number(std::numeric_limits<float>::quiet_NaN())));
    folder.write("infinite.safetensors", one("[2]", 0, 8, number(1) + number(std::numeric_limits<float>::infinity())));
    folder.write("cut.caffemodel", "\xa2\x06\xff\xff\xff\xff\x0f\x0a\x04name"s);
    folder.write("varint.caffemodel", "\x0a" + std::string(20, '\xff'));
    folder.write("nothing.caffemodel", "\x0a\x03net"s);
    // As the files of nets that the program looks for.
    folder.write("squeezenet1_1.safetensors", one("[2]", 0, 8, eight));
    folder.write("lenet.caffemodel", "no weights");
    folder.write("vgg16.safetensors", safetensors("{" + tensor("conv1_1.weight", "[2]", 0, 8) + "}", eight));
}

std::vector<BadInput> bad_weights() {
    std::vector<BadInput> all{
        {"dream photo.png -o x.png --net googlenet", 1, {"googlenet: no weights", "`gradus weights get googlenet`"}},
        {"classify photo.png --net googlenet", 1, {"`gradus weights get googlenet` gets them"}},
        {"saliency photo.png -o x.png --net googlenet", 1, {"`gradus weights get googlenet`"}},
        {"style photo.png -o x.png --style photo.jpg --net vgg19", 1, {"`gradus weights get vgg19`"}},
        {"classify photo.png --net missing.safetensors", 1, {"missing.safetensors: found no such file"}},
        {"classify photo.png --net weights.safetensors", 1, {"weights.safetensors: "}},
        {"dream photo.png -o x.png --net squeezenet1_1", 1, {"squeezenet1_1.safetensors: no tensor \"conv1"}},
        {"dream photo.png -o x.png --net vgg16",
         1,
         {"vgg16.safetensors: tensor \"conv1_1.weight\" has the shape (2), expected (64, 3, 3, 3)"}},
        {"classify photo.png --net lenet", 1, {"lenet.caffemodel: "}},
        {"weights convert missing.safetensors -o x.safetensors", 1, {"missing.safetensors: found no such file"}},
        {"weights convert folder.png -o x.safetensors", 1, {"folder.png: found a directory"}},
        {"visualize -o x.png --direction nan.safetensors", 1, {"nan.safetensors"}},
        {"dream photo.png -o x.png --resume text.safetensors --net mini", 1, {"text.safetensors: the header claims"}},
        {"dream photo.png -o x.png --resume weights.safetensors --net mini", 1, {"weights.safetensors: "}},
    };
    const std::vector<std::pair<const char*, const char*>> files{
        {"text.safetensors", "the header claims"},
        {"empty.safetensors", "found an empty file"},
        {"short.safetensors", "found 7 bytes, expected a safetensors file"},
        {"header.safetensors", "the header claims 1152921504606846976 bytes, expected at most the 2 that follow"},
        {"long.safetensors", "the header claims 18446744073709551615 bytes"},
        {"cut.safetensors", "lies at bytes 0 to 16 of the data, expected them within its 8; is the file cut short?"},
        {"outside.safetensors", "lies at bytes 1073741824 to 1073741832 of the data, expected them within its 8"},
        {"backwards.safetensors", "lies at bytes 8 to 0 of the data"},
        {"overlap.safetensors", "begins at byte 4 of the data, inside the one before, which ends at 8"},
        {"gap.safetensors", "tensor \"b\" "},
        {"twice.safetensors", "the header names \"a\" twice, expected once"},
        {"shape.safetensors", "but 8 bytes, expected them to match"},
        {"negative.safetensors", "the header holds a negative number"},
        {"overflow.safetensors", "but 8 bytes, expected them to match"},
        {"dtype.safetensors", "has the dtype \"F8_E4M3\", expected F32"},
        {"list.safetensors", "the header holds a list"},
        {"deep.safetensors", "the header holds a list"},
        {"nan.safetensors", "holds nan at position 1, expected finite numbers"},
        {"infinite.safetensors", "holds inf at position 1, expected finite numbers"},
        {"cut.caffemodel", "cut.caffemodel: "},
        {"varint.caffemodel", "varint.caffemodel: "},
        {"nothing.caffemodel", "found no trained values, expected a .caffemodel or .binaryproto"},
    };
    for (const auto& [file, says] : files)
        all.push_back({fmt::format("weights convert {} -o x.safetensors", file), 1, {file, says}});
    return all;
}

}  // namespace gradus::test
