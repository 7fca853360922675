#include "weights/weights.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/error.h"
#include "tests/temp_folder.h"
#include "weights/safetensors.h"
#include "weights/sha256.h"

using namespace gradus;

namespace {

const std::vector<float> six{1, 2, 3, 4, 5, 6};

std::filesystem::path write(const test::TempFolder& folder, const std::string& name, const std::vector<float>& values,
                            FileType type = FileType::f32) {
    const NamedValues tensors[] = {{"a.weight", {2, 3}, values}, {"a.bias", {6}, values}};
    write_safetensors(folder / name, tensors, {}, type);
    return folder / name;
}

}  // namespace

TEST_SUITE("weights") {
    TEST_CASE("f32 is mapped, f16 converted, and both give the numbers") {
        const test::TempFolder folder;
        for (const FileType type : {FileType::f32, FileType::f16, FileType::bf16}) {
            const Weights weights(write(folder, "w.safetensors", six, type));
            const Tensor a = weights["a.weight"];
            CHECK(a.shape() == Shape{2, 3});
            for (std::size_t i = 0; i < 6; ++i) CHECK(a.values<float>()[i] == six[i]);
            CHECK(weights.has("a.bias"));
            CHECK_FALSE(weights.has("b.bias"));
            CHECK(weights.names() == std::vector<std::string>{"a.weight", "a.bias"});
        }
    }
    TEST_CASE("the values outlive the object that found them") {
        const test::TempFolder folder;
        Tensor a;
        {
            const Weights weights(write(folder, "w.safetensors", six));
            a = weights["a.weight"];
        }
        CHECK(a.values<float>()[5] == 6);
    }
    TEST_CASE("asked for twice, a tensor is the same tensor, in every form") {
        const test::TempFolder folder;
        const Weights weights(write(folder, "w.safetensors", six)), copy = weights;
        CHECK(weights["a.weight"].id() == copy["a.weight"].id());
        CHECK(weights.tensor("a.weight", {2, 3}).id() == weights["a.weight"].id());
        const Tensor wide = weights.tensor("a.weight", {2, 3}, DType::f64);
        CHECK(wide.values<double>()[5] == 6);
        CHECK(wide.id() == copy.tensor("a.weight", {2, 3}, DType::f64).id());
        CHECK(weights.fully_connected("a.weight", 2, {1, 3, 1}).id() ==
              weights.fully_connected("a.weight", 2, {1, 3, 1}).id());
    }
    TEST_CASE("fully connected weights move their channels innermost") {
        // two outputs over 2 channels of 1 x 3 pixels: (K, C, H, W) to (K, H, W, C)
        const auto make = [](const std::string&, const Shape&) {
            return Tensor({2, 6}, {0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112});
        };
        const Weights weights("made", make);
        const Tensor moved = weights.fully_connected("a.weight", 2, {1, 3, 2}, DType::f64);
        const std::vector<double> expected{0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112};
        for (std::size_t i = 0; i < 12; ++i) CHECK(moved.values<double>()[i] == expected[i]);
    }
    TEST_CASE("what is wrong is named: file, tensor, found, expected") {
        const test::TempFolder folder;
        const Weights weights(write(folder, "w.safetensors", six));
        CHECK_ERROR(weights["a.weigth"], R"(w.safetensors: no tensor "a.weigth"; the nearest is "a.weight")");
        CHECK_ERROR(weights.tensor("a.weight", {3, 2}),
                    R"(w.safetensors: tensor "a.weight" has the shape (2, 3), expected (3, 2))");
        CHECK_ERROR(Weights(folder / "none.safetensors"), "none.safetensors: found no such file");
        std::vector<float> bad = six;
        bad[4] = std::numeric_limits<float>::quiet_NaN();
        CHECK_ERROR(Weights(write(folder, "nan.safetensors", bad))["a.weight"],
                    R"(nan.safetensors: tensor "a.weight" has a value that is NaN or infinite)");
    }
    TEST_CASE("a second file adds its tensors and replaces none") {
        const test::TempFolder folder;
        Weights weights(write(folder, "w.safetensors", six));
        const NamedValues more[] = {{"a.bias", {1}, std::span(six).first(1)}, {"mean", {2}, std::span(six).first(2)}};
        write_safetensors(folder / "more.safetensors", more, {});
        weights.add(folder / "more.safetensors");
        CHECK(weights["mean"].shape() == Shape{2});
        CHECK(weights["a.bias"].shape() == Shape{6});
    }
    TEST_CASE("the hash is that of the file") {
        const test::TempFolder folder;
        const auto path = write(folder, "w.safetensors", six);
        const std::string bytes = test::file_bytes(path);
        CHECK(Weights(path).sha256() == sha256(std::as_bytes(std::span(bytes))));
        CHECK(Weights("made", {}).sha256().empty());
    }
}
