#include "weights/safetensors.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstring>
#include <random>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/temp_folder.h"
#include "weights/file.h"

using namespace gradus;

namespace {

/// A file whose header length is right unless given.
std::string file_of(const std::string& header, const std::string& data, std::optional<std::uint64_t> length = {}) {
    const std::uint64_t n = length.value_or(header.size());
    std::string file(8, '\0');
    std::memcpy(file.data(), &n, 8);
    return file + header + data;
}

Contents parse(const std::string& file) { return parse_safetensors(std::as_bytes(std::span(file)), "x.safetensors"); }

/// One tensor's description, every field replaceable.
std::string tensor(const std::string& name, const std::string& shape, const std::string& offsets,
                   const std::string& dtype = "F32") {
    return '"' + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

std::string one(const std::string& shape, const std::string& offsets, const std::string& data,
                const std::string& dtype = "F32") {
    return file_of(fmt::format("{{{}}}", tensor("a", shape, offsets, dtype)), data);
}

const std::string eight(8, '\0');

}  // namespace

TEST_SUITE("safetensors") {
    TEST_CASE("finds every tensor where it lies") {
        const std::string file =
            file_of(R"({"__metadata__":{"network":"n"},)" + tensor("b", "[2,1]", "[4,12]") + "," +
                        tensor("a", "[]", "[0,4]") + "," + tensor("none", "[0,7]", "[12,12]") + "}   ",
                    std::string(12, '\1'));
        const Contents found = parse(file);
        REQUIRE(found.entries.size() == 3);
        CHECK(found.metadata.at("network") == "n");
        CHECK(found.entries[0].name == "b");
        CHECK(found.entries[0].shape == std::vector<std::int64_t>{2, 1});
        CHECK(found.entries[0].bytes.size() == 8);
        CHECK(reinterpret_cast<const char*>(found.entries[0].bytes.data()) == file.data() + file.size() - 8);
        CHECK(found.entries[1].shape.empty());
        CHECK(found.entries[2].bytes.empty());
    }
    TEST_CASE("refuses a header that is not within the file") {
        CHECK_ERROR(parse("1234567"), "x.safetensors: found 7 bytes");
        CHECK_ERROR(parse(file_of("{}", "", std::uint64_t{1} << 60)), "the header claims 1152921504606846976 bytes");
        CHECK_ERROR(parse(file_of("{}", "", ~std::uint64_t{0})), "the header claims");
        CHECK_ERROR(parse(file_of("{}", "", 3)), "expected at most the 2 that follow");
        CHECK_ERROR(parse(file_of("", "x")), "no JSON");
    }
    TEST_CASE("refuses a header that is no such JSON") {
        CHECK_ERROR(parse(file_of("{\"a\":", "")), "no JSON at its byte");
        CHECK_ERROR(parse(file_of("{} {}", "")), "no JSON");
        CHECK_ERROR(parse(file_of("[]", "")), "holds a list");
        CHECK_ERROR(parse(file_of("7", "")), "holds one number");
        CHECK_ERROR(parse(file_of(R"({"a":7})", "")), "at \"a\"");
        CHECK_ERROR(parse(file_of(R"({"a":{}})", "")), "tensor \"a\" lacks a field");
        CHECK_ERROR(parse(file_of(R"({"a":{"color":"red"}})", "")), "holds a text at \"color\"");
        CHECK_ERROR(parse(file_of(R"({"__metadata__":{"a":1}})", "")), "at \"a\"");
        CHECK_ERROR(parse(file_of(R"({"__metadata__":{"a":{}}})", "")), "holds an object at \"a\"");
        CHECK_ERROR(parse(one("[2]", "[0,8]", eight, "F8_E4M3")), "the dtype \"F8_E4M3\"");
        CHECK_ERROR(parse(file_of(R"({"\u001b[2J":{"dtype":"X"}})", "")), "tensor \"?[2J\" has the dtype \"X\"");
    }
    TEST_CASE("refuses deep nesting at once, however deep") {
        const std::size_t deep = 2'000'000;
        CHECK_ERROR(parse(file_of(R"({"a":)" + std::string(deep, '['), "")), "holds a list");
        std::string objects;
        for (std::size_t i = 0; i < deep / 5; ++i) objects += R"({"a":)";
        CHECK_ERROR(parse(file_of(objects, "")), "holds an object");
        CHECK_ERROR(parse(file_of(R"({"a":{"shape":[[)", "")), "holds a list");
    }
    TEST_CASE("refuses what would take much more memory than the file is long") {
        const std::string longest(1'000'001, 'x'), escaped = "\\\"";
        CHECK_ERROR(parse(file_of("{\"" + longest + "\":", "")), "a text or a number of more than 1000000 bytes");
        CHECK_ERROR(parse(file_of(R"({"a":{"shape":[)" + std::string(1'000'001, '1'), "")), "a text or a number");
        CHECK_ERROR(parse(file_of("{" + std::string(1'000'001, ' ') + "}", "")), "a text or a number");
        std::string quotes = "{\"";
        for (int i = 0; i < 500'001; ++i) quotes += escaped;
        CHECK_ERROR(parse(file_of(quotes, "")), "a text or a number");
        std::string many = "{";
        for (int i = 0; i < 2000; ++i)
            many += fmt::format("{}{}", i > 0 ? "," : "", tensor(fmt::to_string(i), "[0]", "[0,0]"));
        CHECK_ERROR(parse(file_of(many + "}", "")), "more than 1110 tensors, expected fewer in a file of this size");
        many.resize(many.find(",\"1000\""));
        CHECK(parse(file_of(many + "}", "")).entries.size() == 1000);
        CHECK_ERROR(parse(file_of("{" + std::string(16'000'000, ' ') + "}", "")), "expected at most the");
    }
    TEST_CASE("refuses what is named twice") {
        const auto a = tensor("a", "[1]", "[0,4]"), b = tensor("a", "[1]", "[4,8]");
        CHECK_ERROR(parse(file_of(fmt::format("{{{},{}}}", a, b), eight)), "names \"a\" twice");
        CHECK_ERROR(parse(file_of(R"({"a":{"dtype":"F32","dtype":"F16"}})", "")), "at \"dtype\"");
        CHECK_ERROR(parse(file_of(R"({"a":{"shape":[1],"shape":[2]}})", "")), "at \"shape\"");
        CHECK_ERROR(parse(file_of(R"({"__metadata__":{},"__metadata__":{}})", "")), "twice");
        CHECK_ERROR(parse(file_of(R"({"__metadata__":{"k":"1","k":"2"}})", "")), "\"k\" comes twice");
    }
    TEST_CASE("refuses shapes that are negative, overflow, or do not match their bytes") {
        CHECK_ERROR(parse(one("[-2]", "[0,8]", eight)), "a negative number");
        CHECK_ERROR(parse(one("[2.0]", "[0,8]", eight)), "not whole");
        CHECK_ERROR(parse(one("[18446744073709551615]", "[0,8]", eight)), "too large");
        CHECK_ERROR(parse(one("[4294967296,4294967296,2]", "[0,8]", eight)), "expected them to match");
        CHECK_ERROR(parse(one("[9223372036854775807,2]", "[0,8]", eight)), "expected them to match");
        CHECK_ERROR(parse(one("[0,9223372036854775807,4]", "[0,0]", "")), "expected them to match");
        CHECK_ERROR(parse(one("[1,1,1,1,1,1,1,1,2]", "[0,8]", eight)), "one number too many");
        CHECK_ERROR(parse(one("[3]", "[0,8]", eight)), "the shape (3) of F32 but 8 bytes");
        CHECK_ERROR(parse(one("[2]", "[0,8]", eight, "F16")), "the shape (2) of F16 but 8 bytes");
        CHECK_ERROR(parse(one("[1]", "[0,5]", eight)), "but 5 bytes");
    }
    TEST_CASE("refuses offsets outside the file, overlapping, apart, or short of its end") {
        CHECK_ERROR(parse(one("[2]", "[8,0]", eight)), "lies at bytes 8 to 0");
        CHECK_ERROR(parse(one("[2]", "[0,8]", "1234")), "expected them within its 4; is the file cut short?");
        CHECK_ERROR(parse(one("[2]", "[18446744073709551608,18446744073709551615]", eight)), "lies at bytes");
        CHECK_ERROR(parse(one("[2]", "[0,8,8]", eight)), "one number too many");
        CHECK_ERROR(parse(one("[2]", "[0]", eight)), "not a pair");
        CHECK_ERROR(parse(one("[1]", "[0,4]", eight)), "end at byte 4 of the data");
        CHECK_ERROR(parse(one("[1]", "[4,8]", eight)), "expected no gap");
        CHECK_ERROR(
            parse(file_of(fmt::format("{{{},{}}}", tensor("a", "[2]", "[0,8]"), tensor("b", "[1]", "[4,8]")), eight)),
            "tensor \"b\" begins at byte 4 of the data, inside");
    }
    TEST_CASE("no damage to a file does more than an error") {
        const std::string good = file_of(R"({"__metadata__":{"k":"v"},)" + tensor("a", "[1,2]", "[0,8]") + "," +
                                             tensor("b", "[2]", "[8,12]", "F16") + "}",
                                         std::string(12, 'x'));
        std::mt19937 rng(3);
        int refused = 0;
        for (int i = 0; i < 20000; ++i) {
            std::string bad = good;
            for (unsigned n = rng() % 4 + 1; n > 0; --n) bad[rng() % bad.size()] = static_cast<char>(rng());
            if (i % 4 == 0) bad.resize(rng() % bad.size());
            refused += test::error_of([&] {
                           for (const auto& entry : parse(bad).entries) {
                               if (entry.type == FileType::f16) (void)entry.bytes.back();
                           }
                       }) != "";
        }
        CHECK(refused > 15000);
    }
    TEST_CASE("what was written is read back, in each type") {
        const test::TempFolder folder;
        const std::vector<float> a{1.0f, -2.5f, 0.333f, 65504.0f}, b{};
        const std::vector<NamedValues> tensors{{"a/x.weight", {2, 2}, a}, {"b", {0}, b}};
        for (const auto type : {FileType::f32, FileType::f16, FileType::bf16}) {
            write_safetensors(folder / "x.safetensors", tensors, {{"network", "n"}}, type);
            const auto file = WeightFile::open(folder / "x.safetensors");
            CHECK(file.metadata().at("network") == "n");
            CHECK(file["a/x.weight"].type == type);
            CHECK(file["a/x.weight"].shape == std::vector<std::int64_t>{2, 2});
            const auto values = file.read_f32(file["a/x.weight"]);
            for (std::size_t i = 0; i < a.size(); ++i) CHECK(values[i] == doctest::Approx(a[i]).epsilon(1.0 / 256));
            CHECK((file.mapped_f32(file["a/x.weight"]) != nullptr) == (type == FileType::f32));
            CHECK(file.read_f32(file["b"]).empty());
        }
        CHECK(folder.files() == 1);
    }
    TEST_CASE("refuses to write what could not be read") {
        const test::TempFolder folder;
        const std::vector<float> two{1, 2};
        const auto write = [&](std::vector<NamedValues> tensors, FileType type = FileType::f32) {
            write_safetensors(folder / "x.safetensors", tensors, {}, type);
        };
        CHECK_ERROR(write({{"a", {3}, two}}), "found 2 values, expected those of the shape (3)");
        CHECK_ERROR(write({{"a", {2}, two}, {"a", {2}, two}}), "twice");
        CHECK_ERROR(write({{"\xff", {2}, two}}), "not UTF-8");
        CHECK_ERROR(write({{"a", {2}, two}}, FileType::i8), "found the type I8");
        CHECK(folder.files() == 0);
    }
    TEST_CASE("the real files are read") {
        const auto folder = test::weights_dir();
        SKIP_WITHOUT(folder, "GRADUS_WEIGHTS");
        const auto file = WeightFile::open(*folder / "googlenet.safetensors");
        const Entry& filters = file["conv1/7x7_s2.weight"];
        CHECK(filters.shape == std::vector<std::int64_t>{64, 3, 7, 7});
        CHECK(file.read_f32(filters).size() == 64 * 3 * 7 * 7);
        CHECK(file.metadata().at("network") == "googlenet");
        CHECK_ERROR(file["conv1/7x7_s1.weight"],
                    "no tensor \"conv1/7x7_s1.weight\"; the nearest is \"conv1/7x7_s2.weight\"");
    }
}
