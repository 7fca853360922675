#include "weights/caffe.h"

#include <doctest/doctest.h>

#include <random>

#include "tests/caffe_bytes.h"
#include "tests/env.h"
#include "tests/error.h"
#include "tests/temp_folder.h"
#include "weights/file.h"
#include "weights/numbers.h"

using namespace gradus;
using namespace gradus::test::caffe;

namespace {

Contents parse(const std::string& file) { return parse_caffe(std::as_bytes(std::span(file)), "x.caffemodel"); }

using Extents = std::vector<std::int64_t>;

}  // namespace

TEST_SUITE("caffe") {
    TEST_CASE("reads layers of the new form") {
        const auto file =
            bytes(1, "net") + layer("data", "Input", {}) +
            layer("conv", "Convolution", {new_shape({2, 1, 1, 3}) + floats(6), new_shape({2}) + floats(2)}) +
            layer("bn", "BatchNorm",
                  {new_shape({2}) + floats(2), new_shape({2}) + floats(2), new_shape({1}) + floats(1)});
        const auto found = parse(file);
        CHECK(found.metadata.at("network") == "net");
        REQUIRE(found.entries.size() == 5);
        CHECK(found.entries[0].name == "conv.weight");
        CHECK(found.entries[0].shape == Extents{2, 1, 1, 3});
        CHECK(found.entries[1].name == "conv.bias");
        CHECK(found.entries[4].name == "bn.blob2");
    }
    TEST_CASE("reads layers of the old form, without the ones that pad their shapes") {
        const auto file = old_layer("conv", 4, {old_shape(1, 1, 2, 3) + floats(6), old_shape(1, 1, 1, 1) + floats(1)}) +
                          old_layer("ip", 14, {old_shape(1, 1, 1, 4) + floats(4), old_shape(1, 1, 1, 3) + floats(3)});
        const auto found = parse(file);
        REQUIRE(found.entries.size() == 4);
        CHECK(found.entries[0].shape == Extents{1, 1, 2, 3});
        CHECK(found.entries[1].shape == Extents{1});
        CHECK(found.entries[2].shape == Extents{1, 4});
        CHECK(found.entries[3].shape == Extents{3});
    }
    TEST_CASE("reads values packed, in pieces, one by one, and in double precision") {
        const std::string single = varint(5 << 3 | 5) + raw<float>({3.0f});
        for (const auto& data :
             {bytes(5, raw<float>({1, 2, 3})), bytes(5, raw<float>({1})) + bytes(5, raw<float>({2, 3})),
              bytes(5, raw<float>({1, 2})) + single, bytes(8, raw<double>({1, 2, 3}))}) {
            const auto file = layer("a", "Scale", {new_shape({3}) + data});
            const auto found = parse(file);
            CHECK(read_f32(found.entries.at(0), "x") == std::vector<float>{1, 2, 3});
        }
    }
    TEST_CASE("reads a mean picture") {
        const auto file = old_shape(1, 3, 1, 2) + floats(6);
        const auto found = parse(file);
        REQUIRE(found.entries.size() == 1);
        CHECK(found.entries[0].name == "mean");
        CHECK(found.entries[0].shape == Extents{1, 3, 1, 2});
    }
    TEST_CASE("refuses numbers that do not end or do not fit") {
        const std::string endless(9, '\xff');
        CHECK_ERROR(parse(endless + "\xff"), "more than 64 bits");
        CHECK_ERROR(parse(endless + "\x02"), "more than 64 bits");
        CHECK_ERROR(parse(endless), "is followed by 0 more, expected 1");
        CHECK_ERROR(parse(endless + "\x01"), "expected 1 to 2^29");
        CHECK_ERROR(parse(number(0, 1)), "begins field 0");
        CHECK_ERROR(parse("\x0b"), "of kind 3");
    }
    TEST_CASE("refuses lengths beyond what holds them") {
        CHECK_ERROR(parse(varint(1 << 3 | 2) + varint(5) + "1234"),
                    "followed by 4 more, expected 5; is the file cut short?");
        CHECK_ERROR(parse(varint(1 << 3 | 2) + varint(~std::uint64_t{0}) + "1234"), "cut short");
        // The file goes on, but the layer that holds the blob does not.
        const auto blob = varint(7 << 3 | 2) + varint(100) + "12";
        CHECK_ERROR(parse(bytes(100, bytes(1, "a") + blob) + std::string(200, '\0')),
                    "of a layer is followed by 2 more");
        CHECK_ERROR(parse(varint(5 << 3 | 5) + "12"), "followed by 2 more, expected 4");
    }
    TEST_CASE("refuses shapes that do not match their values") {
        const auto blob = [](const std::string& shape) { return layer("a", "Scale", {shape + floats(2)}); };
        CHECK_ERROR(parse(blob(new_shape({3}))), "tensor \"a.weight\" has the shape (3) of F32 but 8 bytes");
        CHECK_ERROR(parse(blob(bytes(7, number(1, ~std::uint64_t{0} - 1)))), "the shape (-2)");
        CHECK_ERROR(parse(blob(new_shape({4294967295, 4294967295, 4294967295}))), "expected them to match");
        CHECK_ERROR(parse(blob(new_shape(std::vector<unsigned>(9, 1)))), "more than 8 extents");
        CHECK_ERROR(parse(blob(number(1, 2))), "expected them to match");  // the other three extents missing
        CHECK_ERROR(parse(layer("a", "Scale", {new_shape({1}) + bytes(5, "12345")})), "but 5 bytes");
    }
    TEST_CASE("refuses what would take much more memory than the file is long") {
        const std::string name(501, 'a'), none = new_shape({0});
        CHECK_ERROR(parse(layer(name, "Scale", {})), "found a name of 501 bytes, expected at most 500");
        CHECK_ERROR(parse(bytes(1, name)), "found a name of 501 bytes");
        CHECK_ERROR(parse(layer("a", "Scale", std::vector<std::string>(101, none))), "a layer of more than 100 blobs");
        std::string many;
        for (int i = 0; i < 20; ++i)
            many += layer(std::string(1, static_cast<char>('a' + i)), "Scale", std::vector<std::string>(100, none));
        CHECK_ERROR(parse(many), "expected fewer, each once");
    }
    TEST_CASE("refuses what is no trained network") {
        CHECK_ERROR(parse(""), "found an empty file");
        CHECK_ERROR(parse(layer("data", "Input", {})), "found no trained values");
        CHECK_ERROR(parse(layer("a", "Scale", {new_shape({1}) + floats(1)}) +
                          layer("a", "Scale", {new_shape({1}) + floats(1)})),
                    "tensor \"a.weight\" comes twice");
        CHECK_ERROR(parse(bytes(2, bytes(1, bytes(1, "conv1")))), "oldest form (V0)");
    }
    TEST_CASE("no damage to a file does more than an error") {
        const std::string good =
            bytes(1, "net") +
            layer("c", "Convolution", {new_shape({2, 1, 1, 3}) + floats(6), new_shape({2}) + floats(2)}) +
            old_layer("ip", 14, {old_shape(1, 1, 1, 4) + floats(4)});
        std::mt19937 rng(5);
        int refused = 0;
        for (int i = 0; i < 20000; ++i) {
            std::string bad = good;
            for (unsigned n = rng() % 4 + 1; n > 0; --n) bad[rng() % bad.size()] = static_cast<char>(rng());
            if (i % 4 == 0) bad.resize(rng() % bad.size());
            refused += test::error_of([&] {
                           for (const auto& entry : parse(bad).entries) (void)read_f32(entry, "x");
                       }) != "";
        }
        CHECK(refused > 5000);
    }
    TEST_CASE("the real files of both forms are read") {
        const auto weights = test::weights_dir(), shared = test::shared_dir();
        SKIP_WITHOUT(weights && shared, "GRADUS_WEIGHTS, GRADUS_SHARED");
        const auto lenet = WeightFile::open(*weights / "lenet.caffemodel");
        CHECK(lenet["conv1.weight"].shape == Extents{20, 1, 5, 5});
        CHECK(lenet["conv2.bias"].shape == Extents{50});
        CHECK(lenet["ip1.weight"].shape == Extents{500, 800});
        CHECK(lenet.entries().size() == 8);
        for (const auto& entry : lenet.entries()) {
            double largest = 0;
            for (const float value : lenet.read_f32(entry)) largest = std::max(largest, std::abs(double(value)));
            CHECK(largest > 1e-3);
            CHECK(largest < 10);
        }
        const auto mean = WeightFile::open(*weights / "lenet-mean.binaryproto");
        CHECK(mean["mean"].shape == Extents{1, 1, 28, 28});
        const auto small = WeightFile::open(*shared / "reference/caffe-layers/layer_convolution.caffemodel");
        CHECK(small["output.weight"].shape == Extents{12, 2, 4, 5});
        CHECK(small["output.bias"].shape == Extents{12});
    }
}
