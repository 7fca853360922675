// --precision: what it makes of a plan, and what is written down about it.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/check.h"
#include "tools/cli/recipe.h"

using namespace gradus;

namespace {

CommonOptions options(const std::string& precision, const std::string& device) {
    CommonOptions o;
    o.precision = precision;
    o.device = device;
    return o;
}

std::string text_of(const Recipe& recipe, const std::string& key) {
    const auto at = std::find_if(recipe.begin(), recipe.end(), [&](const auto& entry) { return entry.first == key; });
    return at == recipe.end() ? "" : at->second;
}

}  // namespace

TEST_SUITE("precision") {
    TEST_CASE("auto is fp32 on a processor, also where that runs CUDA kernels") {
        for (const char* device : {"cpu", "cuda-on-cpu"}) {
            const CommonOptions o = options("auto", device);
            CHECK(precision_of(o) == "fp32");
            CHECK(activation_type(o) == DType::f32);
            CHECK_FALSE(plan_options(o).tf32);
        }
        CHECK(CommonOptions().precision == "auto");
    }
    TEST_CASE("auto is tf32 on a GPU with tensor cores") {
        for (Device* device : test::devices())
            if (device->kind() == DeviceKind::cuda)
                CHECK(precision_of(options("auto", "cuda")) == (device->architecture() >= 80 ? "tf32" : "fp32"));
    }
    TEST_CASE("a precision that is asked for is taken") {
        for (const char* precision : {"fp32", "tf32", "bf16"}) {
            const CommonOptions o = options(precision, "cuda-on-cpu");
            CHECK(precision_of(o) == precision);
            CHECK(plan_options(o).tf32 == (o.precision == "tf32"));
            CHECK((activation_type(o) == DType::bf16) == (o.precision == "bf16"));
        }
    }
    TEST_CASE("a recipe says what auto meant") {
        Recipe recipe;
        CommonOptions o;
        std::vector<std::string> words{"gradus", "dream", "--threads", "2"};
        std::vector<char*> line;
        for (std::string& word : words) line.push_back(word.data());
        const auto add = [&](Command app) {
            Command dream = app.command("dream", "");
            add_common(dream, o);
            dream.runs([&, dream] { recipe = recipe_of(dream, o); });
        };
        REQUIRE(run_command_line(static_cast<int>(line.size()), line.data(), "", "", add) == 0);
        CHECK(text_of(recipe, "gradus.precision") == "fp32");
        CHECK(text_of(recipe, "gradus.command").find("--precision fp32") != std::string::npos);
    }
}
