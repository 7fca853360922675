// The net that comes along.
#include <doctest/doctest.h>

#include <filesystem>

#include "nets/classes.h"
#include "nets/net.h"
#include "tests/env.h"
#include "tools/techniques/classify.h"

using namespace gradus;

TEST_SUITE("mini") {
    TEST_CASE("comes along, small, with its labels, and knows a cat") {
        const std::filesystem::path folder = GRADUS_SOURCE_DIR, file = folder / "weights/mini.safetensors";
        CHECK(std::filesystem::file_size(file) <= 8'000'000);
        const Net net = load_net("mini", file);
        const Labels labels = load_labels(net.table());
        CHECK(labels.size() == 200);
        CHECK(labels.find("goldfish") == 0);
        Classifier classifier(net, DType::f32, {.threads = 1});
        const auto best = classifier(load_image(folder / "docs/pictures/cat.jpg"), 2);
        CHECK(labels[best[0].index].short_name() == "tabby");
        CHECK(labels[best[1].index].short_name() == "Egyptian cat");
        CHECK(best[0].probability > 0.3f);
    }
}
