// The file of a checkpoint; what its tensors mean is asked in checkpoint_test.cpp.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/check.h"
#include "tests/error.h"
#include "tests/temp_folder.h"
#include "tools/search/checkpoint.h"

using namespace gradus;

TEST_SUITE("checkpoint files") {
    TEST_CASE("settings and stages come back") {
        const test::TempFolder folder;
        const Checkpoint saved{.settings = {{"--steps", "7"}, {"--layer", "a b"}},
                               .stages = {{.tensors = {{"0/x", Tensor(Shape{2}, {1.0f, -2.0f})}}},
                                          {.tensors = {{"0/x", Tensor(Shape{1}, {3.0f})}}}}};
        save_checkpoint(folder / "run.ckpt", saved);
        CHECK(folder.files() == 1);
        const Checkpoint found = load_checkpoint(folder / "run.ckpt");
        require_same_settings("run.ckpt", found.settings, saved.settings);
        REQUIRE(found.stages.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) {
            REQUIRE(found.stages[i].tensors.size() == 1);
            CHECK(found.stages[i].tensors[0].first == "0/x");
            const auto was = saved.stages[i].tensors[0].second.values<float>(),
                       is = found.stages[i].tensors[0].second.values<float>();
            CHECK(std::equal(was.begin(), was.end(), is.begin(), is.end()));
        }
    }
    TEST_CASE("the first setting that differs is named") {
        const RunSettings made{{"--seed", "1"}, {"--steps", "100"}, {"--until", ""}};
        const auto said = [&](const RunSettings& asked) {
            return test::error_of([&] { require_same_settings("run.ckpt", made, asked); });
        };
        CHECK(said(made).empty());
        CHECK(said({{"--steps", "200"}, {"--seed", "2"}, {"--until", ""}}) ==
              "run.ckpt: was made with --steps 100, now 200 was asked for");
        CHECK(said({{"--seed", "1"}, {"--steps", "100"}, {"--until", "5"}}) ==
              "run.ckpt: was made with --until nothing, now 5 was asked for");
        CHECK(test::has(said({{"--seed", "1"}, {"--steps", "100"}}), "now there is no such setting"));
        CHECK(test::has(said({{"--new", "1"}}), "does not say with which --new"));
    }
    TEST_CASE("long settings are shown from where they differ") {
        const std::string e = "\xc3\xa9", kept = "...utput, 7) + class(" + e,
                          same = "energy(inception_4c/output) + 0.5*channel(inception_4c/output, 7) + class(" + e;
        const auto said = [&](const std::string& made, const std::string& asked) {
            return test::error_of([&] {
                require_same_settings("run.ckpt", {{"--objective", made}}, {{"--objective", asked}});
            });
        };
        const auto sentence = [](const std::string& made, const std::string& asked) {
            return "run.ckpt: was made with --objective " + made + ", now " + asked + " was asked for";
        };
        CHECK(said(same, same).empty());
        CHECK(said(same + "ab) - tv", same + "c) - tv") == sentence(kept + "ab) - tv", kept + "c) - tv"));
        CHECK(said(same, same + ")") == sentence(kept, kept + ")"));
        // The cut would go through the letter.
        const std::string end(19, 'b'), letters = std::string(60, 'a') + e + end;
        CHECK(said(letters + "c", letters + "d") == sentence("..." + e + end + "c", "..." + e + end + "d"));
    }
    TEST_CASE("what is no checkpoint is refused, wherever it is cut") {
        const test::TempFolder folder;
        save_checkpoint(folder / "run.ckpt", {.stages = {{.tensors = {{"0/x", Tensor(Shape{64}, test::noise(64))}}}}});
        const std::string bytes = test::file_bytes(folder / "run.ckpt");
        for (std::size_t length = 0; length < bytes.size(); length += 7)
            CHECK_THROWS_AS(load_checkpoint(folder.write("cut.ckpt", bytes.substr(0, length))), Error);
        const auto changed = [&](const std::string& from, const std::string& to) {
            std::string other = bytes;
            other.replace(other.find(from), from.size(), to);
            return load_checkpoint(folder.write("changed.ckpt", other));
        };
        CHECK_ERROR(changed("gradus.checkpoint", "gradus.chickpoint"), "expected a checkpoint");
        CHECK_ERROR(changed("checkpoint\":\"1", "checkpoint\":\"7"), "format \"7\", expected format 1");
        CHECK_ERROR(changed("0/0/x", "1/0/x"), "no tensors of stage 0");
        CHECK_ERROR(changed("0/0/x", "a/0/x"), "expected names STAGE/PICTURE/NAME");
        CHECK_ERROR(changed("0/0/x", "00000"), "expected names STAGE/PICTURE/NAME");
        CHECK_ERROR(changed("\"F32\"", "\"U32\""), "of the type U32");
        CHECK_ERROR(load_checkpoint(folder / "none.ckpt"), "found no such file");
    }
}
