// `gradus weights` as a user runs it, with files of its own in the place of published ones.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstring>
#include <filesystem>
#include <limits>

#include "tests/caffe_bytes.h"
#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/sanitized.h"
#include "tests/temp_folder.h"
#include "weights/file.h"
#include "weights/manifest.h"
#include "weights/safetensors.h"
#include "weights/sha256.h"

using namespace gradus;
namespace fs = std::filesystem;

namespace {

const KnownFile& squeezenet = *known_file("squeezenet1_1");
const auto published_size = static_cast<std::size_t>(squeezenet.bytes);

/// A mirror with files, and a cache.
struct Mirror {
    test::TempFolder folder;
    Mirror() { fs::create_directory(folder / "mirror"); }
    std::string url() const { return "file://" + (folder / "mirror").string(); }
    fs::path cached(std::string_view name) const { return folder / "gradus" / name; }
    test::Ran run(const std::string& arguments) const { return test::gradus_in(folder / "", "weights " + arguments); }
    void publish(std::string_view name, const std::string& bytes) const {
        folder.write("mirror/" + std::string(name), bytes);
    }
};

std::string sha_of(const std::string& bytes) { return sha256(std::as_bytes(std::span(bytes))); }

void write_one(const fs::path& file, const std::vector<float>& values) {
    const NamedValues tensor{"a", {static_cast<std::int64_t>(values.size())}, values};
    write_safetensors(file, std::span(&tensor, 1), {});
}

}  // namespace

TEST_SUITE("weights command") {
    TEST_CASE("a download is whole and checked, or is not there") {
        SKIP_WITHOUT(test::program_built() && test::run_in_shell("curl --version").code == 0, "the program, and curl");
        const Mirror mirror;
        const std::string get = "get squeezenet1_1 --from " + mirror.url(),
                          whole = test::caffe::file_of(published_size);
        REQUIRE(whole.size() == published_size);
        const auto name = std::string(squeezenet.file);

        const test::Ran none = mirror.run(get);
        CHECK(none.code == 1);
        CHECK(test::has(none.said, "weights: curl ended with 37 while getting file:///"));
        mirror.publish(name, whole.substr(0, 1000));
        const test::Ran cut = mirror.run(get);
        CHECK(cut.code == 1);
        CHECK(test::has(cut.said, "found 1000 bytes, expected the 4950080 that its authors publish"));
        CHECK(!fs::exists(mirror.cached(name)));
        CHECK(!fs::exists(mirror.cached(name + ".part")));

        // Half of it came before.
        mirror.publish(name, whole);
        mirror.folder.write("gradus/" + name + ".part", whole.substr(0, published_size / 2));
        const test::Ran got = mirror.run(get);
        CHECK_MESSAGE(got.code == 0, got.said);
        CHECK(test::has(got.said, "sha256 " + sha_of(whole) + ", recorded"));
        CHECK(test::file_bytes(mirror.cached(name)) == whole);
        CHECK(!fs::exists(mirror.cached(name + ".part")));
        CHECK(test::run_in_shell("cd '" + mirror.cached("").string() + "' && sha256sum -c sha256sums.txt").said ==
              name + ": OK\n");
        CHECK(test::has(mirror.run(get).said, name + ": already here"));
        CHECK(test::has(mirror.run("list").said, "as recorded"));
        CHECK(test::has(mirror.run("verify gradus/" + name).said, "1 tensors, 3 values, all finite"));

        // What nobody published a hash of is held against what came first.
        std::string other = whole;
        other.back() = 'x';
        mirror.publish(name, other);
        fs::remove(mirror.cached(name));
        const test::Ran changed = mirror.run(get);
        CHECK(changed.code == 1);
        CHECK(test::has(changed.said, "found the SHA-256 " + sha_of(other) + ", expected " + sha_of(whole)));
        CHECK(!fs::exists(mirror.cached(name)));

        // What was damaged later is seen, and put aside.
        mirror.publish(name, whole);
        mirror.folder.write("gradus/" + name, other);
        CHECK(test::has(mirror.run("list").said, "NO: "));
        CHECK(mirror.run("verify gradus/" + name).code == 1);
        CHECK(mirror.run(get).code == 0);
        CHECK(test::file_bytes(mirror.cached(name)) == whole);
        CHECK(test::file_bytes(mirror.cached(name + ".damaged")) == other);

        const test::Ran no_curl = test::run_in_shell("cd '" + (mirror.folder / "").string() +
                                                     "' && XDG_CACHE_HOME=elsewhere PATH=/nowhere '" +
                                                     GRADUS_BINARY_DIR "/bin/gradus' weights " + get + " 2>&1");
        CHECK(no_curl.code == 1);
        CHECK(test::has(no_curl.said, "curl is not installed"));
    }
    TEST_CASE("a published hash is held against what came") {
        SKIP_WITHOUT(test::program_built() && test::run_in_shell("curl --version").code == 0, "the program, and curl");
        const Mirror mirror;
        const KnownFile& googlenet = *known_file("googlenet");
        mirror.publish(googlenet.file, test::caffe::file_of(static_cast<std::size_t>(googlenet.bytes)));
        const test::Ran ran = mirror.run("get googlenet --from " + mirror.url());
        CHECK(ran.code == 1);
        CHECK(test::has(ran.said, "found the SHA-1 "));
        CHECK(test::has(ran.said, ", expected 405fc5acd08a3bb12de8ee5e23a96bec22f08204 as its authors publish it"));
        CHECK(!fs::exists(mirror.cached(googlenet.file)));
    }
    TEST_CASE("files come from a folder, with what belongs to them") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const Mirror mirror;
        fs::create_directories(mirror.folder / "mirror/styles");
        write_one(mirror.folder / "mirror/styles/tf-wave.safetensors", {1, 2});
        mirror.publish("lenet.caffemodel", test::caffe::file_of(1000));
        mirror.publish("lenet-mean.binaryproto", "a mean");
        mirror.publish("vgg16-conv.safetensors", "no weights");
        const test::Ran none = mirror.run("get vgg19 --from mirror");
        CHECK(none.code == 1);
        CHECK(test::has(none.said, "found no file of vgg19 in mirror, expected one of vgg19.safetensors, "));
        CHECK(mirror.run("get lenet --from nowhere").code == 1);
        const test::Ran page = mirror.run("get tf-wave");
        CHECK(page.code == 1);
        CHECK(test::has(page.said, "--from FOLDER` takes tf-wave.safetensors"));

        const test::Ran all = mirror.run("get all --from mirror");
        CAPTURE(all.said);
        CHECK(all.code == 1);
        CHECK(test::has(all.said, "weights: 1 of 3 networks could not be got"));
        CHECK(fs::exists(mirror.cached("tf-wave.safetensors")));
        CHECK(test::file_bytes(mirror.cached("lenet-mean.binaryproto")) == "a mean");
        CHECK(!fs::exists(mirror.cached("vgg16-conv.safetensors")));
        CHECK(!fs::exists(mirror.cached("vgg16-conv.safetensors.part")));
        const std::string listed = mirror.run("list").said;
        CHECK(test::has(listed, "lenet.caffemodel"));
        CHECK(test::has(listed, "`gradus weights get vgg19` gets it"));
        const test::Ran empty = mirror.run("get all --from gradus/..");
        CHECK(test::has(empty.said, "found no files of any network"));
    }
    TEST_CASE("files are converted to each type, and back to the numbers that it holds") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const Mirror mirror;
        const std::vector<float> values{0.5f, -3, 1.0009765625f, 0.333333343f};
        write_one(mirror.folder / "a.safetensors", values);
        for (const char* type : {"f32", "bf16", "f16"}) {
            const std::string to = std::string(type) + ".safetensors";
            const test::Ran ran = mirror.run("convert a.safetensors --dtype " + std::string(type) + " -o " + to);
            REQUIRE_MESSAGE(ran.code == 0, ran.said);
            CHECK(test::has(ran.said, "1 tensors, sha256 " + sha_of(test::file_bytes(mirror.folder / to))));
            const WeightFile file = WeightFile::open(mirror.folder / to);
            const bool exact = type == std::string("f32");
            CHECK(file["a"].bytes.size() == (exact ? 16 : 8));
            const auto read = file.read_f32(file["a"]);
            for (std::size_t i = 0; i < values.size(); ++i)
                CHECK(std::abs(read[i] - values[i]) <= (exact ? 0.0f : 0.004f * std::abs(values[i])));
        }
        write_one(mirror.folder / "large.safetensors", {1, 70000});
        mirror.folder.write("x.safetensors", "older");
        const test::Ran large = mirror.run("convert large.safetensors --dtype f16 -o x.safetensors");
        CHECK(large.code == 1);
        CHECK(test::has(large.said, "tensor \"a\" holds 70000, expected at most 6551"));
        CHECK(mirror.run("convert large.safetensors --dtype f8 -o x.safetensors").code == 2);
        write_one(mirror.folder / "nan.safetensors", {1, std::numeric_limits<float>::quiet_NaN()});
        const test::Ran nan = mirror.run("convert nan.safetensors -o x.safetensors");
        CHECK(nan.code == 1);
        CHECK(test::has(nan.said, "tensor \"a\" holds nan at position 1, expected finite numbers"));
        CHECK(mirror.run("verify nan.safetensors").code == 1);
        CHECK(test::file_bytes(mirror.folder / "x.safetensors") == "older");
        CHECK(mirror.run("convert a.safetensors -o a.safetensors").code == 0);
        CHECK(WeightFile::open(mirror.folder / "a.safetensors")
                  .read_f32(WeightFile::open(mirror.folder / "a.safetensors")["a"]) == values);
    }
}

namespace {

/// How `gradus weights verify x` ended, how long it took, in seconds, and the most memory that it held, in bytes,
/// besides the file's map.
struct Verified {
    int code;
    double seconds;
    std::size_t bytes;
};

/// What the processor spent on programs that were waited for.
double seconds_of_children() {
    rusage all = {};
    getrusage(RUSAGE_CHILDREN, &all);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(all.ru_utime) + seconds(all.ru_stime);
}

Verified verify(const test::TempFolder& folder) {
    const double before = seconds_of_children();
    const test::Ran ran = test::run_in_shell("cd '" + (folder / "").string() +
                                             "' && GRADUS_WATCH=cost LD_PRELOAD='" GRADUS_WATCHED_MALLOC
                                             "' '" GRADUS_BINARY_DIR "/bin/gradus' weights verify x 2>&1");
    const double seconds = seconds_of_children() - before;
    const std::string cost = test::file_bytes(folder / "cost");
    return {ran.code, seconds, std::stoul(cost.substr(cost.find(' ')))};
}

std::string header_of(const std::string& json) {
    const std::uint64_t n = json.size();
    std::string file(8, '\0');
    std::memcpy(file.data(), &n, 8);
    return file + json;
}

std::string repeated(const std::string& text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

}  // namespace

TEST_SUITE("weights command") {
    TEST_CASE("hostile files are refused within a second, with no more memory than twice their size") {
        SKIP_WITHOUT(test::program_built() && !test::sanitized, "the program, built without sanitizers");
        const test::TempFolder folder;
        write_one(folder / "x", {1});
        const Verified least = verify(folder);
        REQUIRE(least.code == 0);
        using namespace test::caffe;
        const std::size_t many = 15'000'000;
        const std::string empty_tensor = R"(:{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
        std::string tensors = "{\"0\"" + empty_tensor;
        for (int i = 1; i < 200'000; ++i) tensors += ",\"" + std::to_string(i) + "\"" + empty_tensor;
        std::string keys = "{\"__metadata__\":{\"0\":\"\"";
        for (int i = 1; i < 900'000; ++i) keys += ",\"" + std::to_string(i) + "\":\"\"";
        const struct {
            std::string what;
            std::string bytes;
        } files[] = {
            {"one name", header_of("{\"" + std::string(many, 'a'))},
            {"escapes", header_of("{\"" + repeated("\\\"", many / 2))},
            {"one number", header_of("{\"a\":{\"shape\":[" + std::string(many, '1'))},
            {"spaces", header_of("{" + std::string(many, ' '))},
            {"brackets", header_of("{\"a\":" + std::string(many, '['))},
            {"texts", header_of("{\"__metadata__\":{" + repeated("\"k\":\"" + std::string(900'000, 'x') + "\",", 16))},
            {"tensors", header_of(tensors + "}")},
            {"metadata", header_of(keys + "}}")},
            {"blobs", bytes(100, bytes(1, "a") + repeated(bytes(7, ""), many / 2))},
            {"layers", repeated(layer("a", "Scale", {""}), many / 12)},
            {"named layers", bytes(100, bytes(1, std::string(many, 'a')) + repeated(bytes(7, ""), 90))},
            {"one by one",
             layer("a", "Scale", {new_shape({3'000'000}) + repeated(varint(5 << 3 | 5) + "\1\1\1\1", 3'000'001)})},
            {"pieces", layer("a", "Scale", {new_shape({3}) + repeated(bytes(5, ""), many / 2) + bytes(5, "123")})},
        };
        for (const auto& file : files) {
            CAPTURE(file.what);
            folder.write("x", file.bytes);
            const Verified cost = verify(folder);
            CHECK(cost.code == 1);
            CHECK(cost.bytes < least.bytes + file.bytes.size() + 4'000'000);  // and the map as much again
            CHECK(cost.seconds < 1 + least.seconds);
        }
    }
}
