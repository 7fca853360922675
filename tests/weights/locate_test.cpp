#include "weights/locate.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>

#include "tests/error.h"
#include "tests/temp_folder.h"
#include "weights/manifest.h"

using namespace gradus;

namespace {

/// Sets an environment variable for as long as it lives.
class Setting {
public:
    Setting(const char* name, const std::string& value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        ::setenv(name, value.c_str(), 1);
    }
    ~Setting() {
        if (old_)
            ::setenv(name_, old_->c_str(), 1);
        else
            ::unsetenv(name_);
    }
    Setting(const Setting&) = delete;
    Setting& operator=(const Setting&) = delete;

private:
    const char* name_;
    std::optional<std::string> old_;
};

}  // namespace

TEST_SUITE("finding weights") {
    TEST_CASE("GRADUS_WEIGHTS goes before the cache, and whole nets before convolutions only") {
        const test::TempFolder asked, home;
        const Setting first("GRADUS_WEIGHTS", (asked / "").string()), second("XDG_CACHE_HOME", (home / "").string());
        std::filesystem::create_directories(weight_cache());
        CHECK(weight_cache() == home / "gradus");
        CHECK_FALSE(find_weights("vgg16").has_value());
        home.write("gradus/vgg16.safetensors", "x");
        CHECK(*find_weights("vgg16") == home / "gradus" / "vgg16.safetensors");
        asked.write("vgg16-conv.safetensors", "x");
        CHECK(*find_weights("vgg16") == asked / "vgg16-conv.safetensors");
        asked.write("VGG_ILSVRC_16_layers.caffemodel", "x");
        CHECK(*find_weights("vgg16") == asked / "VGG_ILSVRC_16_layers.caffemodel");
        asked.write("imagenet-labels.txt", "x");
        CHECK(*find_in_weight_folders("imagenet-labels.txt") == asked / "imagenet-labels.txt");
    }
    TEST_CASE("without XDG_CACHE_HOME the cache is in the home folder") {
        const Setting cache("XDG_CACHE_HOME", ""), home("HOME", "/home/somebody");
        CHECK(weight_cache() == "/home/somebody/.cache/gradus");
    }
    TEST_CASE("missing weights: the message says where it looked, and what gets them") {
        const test::TempFolder asked, home;
        const Setting first("GRADUS_WEIGHTS", (asked / "w").string()), second("XDG_CACHE_HOME", (home / "").string());
        CHECK_ERROR(locate_weights("nonet"), "nonet: no weights; looked for nonet.safetensors");
        CHECK_ERROR(locate_weights("nonet"), (asked / "w").string() + " (GRADUS_WEIGHTS), ");
        CHECK_ERROR(locate_weights("nonet"), "gradus (the cache), ");
        CHECK_ERROR(locate_weights("nonet"), "no download of them is known");
        CHECK_ERROR(locate_weights("vgg19"), "`gradus weights get vgg19` gets them");
        CHECK_ERROR(locate_weights("lenet"), "`gradus weights get lenet --from FOLDER` takes them from elsewhere");
    }
    TEST_CASE("the manifest knows a direct download of every ImageNet net") {
        for (const char* net : {"googlenet", "vgg16", "vgg19", "squeezenet1_1"}) {
            REQUIRE(known_file(net) != nullptr);
            CHECK(known_file(net)->way == KnownFile::Way::direct);
            CHECK(known_file(net)->bytes > 0);
        }
        for (const KnownFile& file : known_files()) {
            CAPTURE(file.file);
            CHECK(file.url.starts_with("http"));
            CHECK(!file.license.empty());
            // Only where a file can be got by itself is there one to check.
            const bool page = !file.url.ends_with(file.file);
            CHECK((!page || (file.way == KnownFile::Way::foreign && file.bytes == 0 && file.checksum.empty())));
            CHECK(known_by_name(file.file) == &file);
        }
        const auto nets = known_nets();
        CHECK(nets.size() == 5 + 6 + 5);  // with lenet, and the networks of styles
    }
}
