#include "tools/train/loader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/error.h"
#include "tests/tools/train/class_folders.h"
#include "tools/train/mixup.h"
#include "tools/train/picture_store.h"
#include "tools/train/sample_maker.h"

using namespace gradus;

namespace {

/// Pictures of one color each, whose red says which: 8 n. Classes alternate.
struct Colors {
    test::TempFolder folder = {};
    Dataset data = {.classes = {"a", "b", "c"}};
    explicit Colors(int n) {
        for (int i = 0; i < n; ++i) {
            const std::string name = std::to_string(i) + ".ppm";
            const auto red = static_cast<std::uint8_t>(8 * i);
            data.samples.push_back({folder.write(name, test::ppm_of(test::plain_picture(6, 6, red, 0, 0))), i % 3});
        }
    }
    void damage(int n) { folder.write(std::to_string(n) + ".ppm", "P6 6 6 255\n too short"); }
};

struct Got {
    int epoch = 0, batch = 0, samples = 0;
    double weight = 1;
    std::vector<float> pictures = {};
    std::vector<std::int32_t> labels = {}, second_labels = {};
    bool operator==(const Got&) const = default;

    /// Which picture is in each row.
    std::vector<int> numbers(int size) const {
        std::vector<int> all;
        for (std::size_t i = 0; i < pictures.size(); i += static_cast<std::size_t>(size * size * 3))
            all.push_back(static_cast<int>(pictures[i] * 255 / 8 + 0.5f));
        return all;
    }
};

Got next(Loader& loader, const LoaderOptions& o) {
    const int rows = o.batch / o.ranks;
    Tensor pictures(Spec(Shape{rows, o.size, o.size, 3}));
    Tensor labels(Spec(Shape{rows}, DType::i32)), second(Spec(Shape{rows}, DType::i32));
    const Loader::Batch batch = loader.next(pictures, labels, o.mixup > 0 ? &second : nullptr);
    Got got{batch.epoch, batch.batch, batch.samples, batch.weight};
    got.pictures.assign(pictures.values<float>().begin(), pictures.values<float>().end());
    got.labels.assign(labels.values<std::int32_t>().begin(), labels.values<std::int32_t>().end());
    if (o.mixup > 0)
        got.second_labels.assign(second.values<std::int32_t>().begin(), second.values<std::int32_t>().end());
    return got;
}

std::vector<Got> batches(const Dataset& data, const LoaderOptions& o, int n, int epoch = 0, int batch = 0) {
    Loader loader(data, o);
    loader.start_at(epoch, batch);
    std::vector<Got> all;
    for (int i = 0; i < n; ++i) all.push_back(next(loader, o));
    return all;
}

const AugmentOptions lively{.least_area = 0.3, .shift = 1, .flip = true, .brightness = 0.5, .cut_out = 1};

/// Noise, so that parts differ.
struct Noise {
    test::TempFolder folder = {};
    Dataset data = {.classes = {"a", "b"}};
    explicit Noise(int n) {
        for (int i = 0; i < n; ++i)
            data.samples.push_back(
                {folder.write(std::to_string(i) + ".ppm", test::ppm_of(test::noise_picture(9, 7, i))), i % 2});
    }
};

}  // namespace

TEST_SUITE("loader") {
    TEST_CASE("every sample comes once per epoch, in an order of the epoch's own, with its label") {
        const Colors colors(20);
        const LoaderOptions o{.size = 6, .batch = 5, .seed = 3};
        std::vector<std::vector<int>> orders;
        const std::vector<Got> all = batches(colors.data, o, 8);
        for (int b = 0; b < 8; ++b) {
            const Got& got = all[static_cast<std::size_t>(b)];
            CHECK(got.epoch == b / 4);
            CHECK(got.batch == b % 4);
            CHECK(got.samples == 5);
            CHECK(got.weight == 1);
            if (got.batch == 0) orders.emplace_back();
            const std::vector<int> numbers = got.numbers(6);
            for (std::size_t i = 0; i < numbers.size(); ++i) {
                CHECK(got.labels[i] == numbers[i] % 3);
                orders.back().push_back(numbers[i]);
            }
        }
        CHECK(orders[0] != orders[1]);
        for (std::vector<int>& order : orders) {
            CHECK(!std::ranges::is_sorted(order));
            CHECK(std::set<int>(order.begin(), order.end()).size() == 20);
        }
    }
    TEST_CASE("the last incomplete batch is left out in training") {
        const Colors colors(13);
        const LoaderOptions o{.size = 6, .batch = 5};
        CHECK(Loader(colors.data, o).batches() == 2);
        const auto all = batches(colors.data, o, 3);
        CHECK(all[2].epoch == 1);
        std::set<int> seen;
        for (const int b : {0, 1})
            for (const int n : all[static_cast<std::size_t>(b)].numbers(6)) CHECK(seen.insert(n).second);
    }
    TEST_CASE("to judge, all come once and in order, and rows that are left over say so") {
        const Colors colors(13);
        LoaderOptions o{.size = 6, .batch = 5, .training = false};
        const auto all = batches(colors.data, o, 4);
        CHECK(all[0].numbers(6) == std::vector<int>{0, 1, 2, 3, 4});
        CHECK(all[1].numbers(6) == std::vector<int>{5, 6, 7, 8, 9});
        CHECK(all[2].samples == 3);
        CHECK(all[2].labels == std::vector<std::int32_t>{10 % 3, 11 % 3, 12 % 3, -1, -1});
        CHECK(all[2].pictures.back() == 0.5f);
        CHECK(all[3].labels == all[0].labels);
        CHECK(all[3].epoch == 1);
        o.augment = lively;  // is not for these
        CHECK(batches(colors.data, o, 4) == all);
    }
    TEST_CASE("what a batch holds depends on neither threads, nor memory, nor how far ahead they are") {
        const Noise noise(23);
        LoaderOptions o{.size = 8, .batch = 4, .augment = lively, .mixup = 0.4, .seed = 1, .threads = 1, .ahead = 1};
        const auto expected = batches(noise.data, o, 12);
        CHECK(expected[0].pictures != expected[5].pictures);
        for (const int threads : {2, 5})
            for (const int ahead : {1, 3})
                for (const std::size_t memory : {std::size_t{0}, std::size_t{1} << 20}) {
                    o.threads = threads, o.ahead = ahead, o.memory = memory;
                    CHECK(batches(noise.data, o, 12) == expected);
                }
        o.seed = 2;
        CHECK(batches(noise.data, o, 1) != std::vector(expected.begin(), expected.begin() + 1));
    }
    TEST_CASE("a loader that starts in the middle goes on as one that came by, there and back") {
        const Noise noise(23);
        const LoaderOptions o{.size = 8, .batch = 4, .augment = lively, .seed = 1};
        const auto all = batches(noise.data, o, 12);
        CHECK(batches(noise.data, o, 5, 1, 2) == std::vector(all.begin() + 7, all.end()));
        Loader loader(noise.data, o);
        CHECK(next(loader, o) == all[0]);
        loader.start_at(1, 4);
        CHECK(next(loader, o) == all[9]);
        loader.start_at(0, 1);
        CHECK(next(loader, o) == all[1]);
        loader.start_at(0, 2);  // where it is
        CHECK(next(loader, o) == all[2]);
        CHECK_ERROR(loader.start_at(0, 5), "start at batch 5 of epoch 0, expected 0 to 4");
    }
    TEST_CASE("a sample is what its picture gives under its number and the epoch, wherever it comes in the epoch") {
        const Noise noise(12);
        const LoaderOptions o{.size = 8, .batch = 4, .augment = lively, .seed = 7};
        const auto all = batches(noise.data, o, 3, 5);
        for (int n = 0; n < 12; ++n) {
            std::vector<float> expected(8 * 8 * 3);
            augment(test::noise_picture(9, 7, n), 8, lively, Draws("augment", 7, 5, n), expected.data());
            int times = 0;
            for (const Got& got : all)
                for (auto row = got.pictures.begin(); row != got.pictures.end(); row += std::ssize(expected))
                    times += std::equal(expected.begin(), expected.end(), row);
            CHECK(times == 1);
        }
    }
    TEST_CASE("two processes together make the batches of one") {
        const Noise noise(23);
        LoaderOptions o{.size = 8, .batch = 6, .augment = lively, .mixup = 1, .seed = 1};
        for (const bool training : {true, false}) {
            o.training = training;
            o.mixup = training ? 1 : 0;
            o.rank = 0, o.ranks = 1;
            const auto whole = batches(noise.data, o, 7);
            o.ranks = 2;
            const auto first = batches(noise.data, o, 7);
            o.rank = 1;
            const auto second = batches(noise.data, o, 7);
            for (std::size_t b = 0; b < whole.size(); ++b) {
                Got both = first[b];
                both.samples += second[b].samples;
                const auto add = [](auto& to, const auto& more) { to.insert(to.end(), more.begin(), more.end()); };
                add(both.pictures, second[b].pictures);
                add(both.labels, second[b].labels);
                add(both.second_labels, second[b].second_labels);
                CHECK(both == whole[b]);
            }
        }
    }
    TEST_CASE("mixup lays the next row's sample over each, and says how much") {
        const Colors colors(20);
        LoaderOptions o{.size = 6, .batch = 5, .seed = 3};
        const auto plain = batches(colors.data, o, 6);
        o.mixup = 0.5;
        const auto mixed = batches(colors.data, o, 6);
        std::set<double> weights;
        for (std::size_t b = 0; b < mixed.size(); ++b) {
            const double own = mixed[b].weight;
            weights.insert(own);
            CHECK(own >= 0.5);
            CHECK(mixed[b].labels == plain[b].labels);
            for (std::size_t row = 0; row < 5; ++row) {
                const std::size_t other = (row + 1) % 5, values = 6 * 6 * 3;
                CHECK(mixed[b].second_labels[row] == plain[b].labels[other]);
                const auto red = [&](std::size_t n) { return static_cast<double>(plain[b].pictures[n * values]); };
                CHECK(static_cast<double>(mixed[b].pictures[row * values]) ==
                      doctest::Approx(own * red(row) + (1 - own) * red(other)).epsilon(1e-6));
            }
        }
        CHECK(weights.size() == 6);
        Loader loader(colors.data, o);
        Tensor pictures(Spec(Shape{5, 6, 6, 3})), labels(Spec(Shape{5}, DType::i32));
        CHECK_ERROR(loader.next(pictures, labels), "mixes samples, and was given no second labels i32 (5)");
    }
    TEST_CASE("an unreadable picture is told of, and the next of the order takes its place") {
        Colors colors(20);
        LoaderOptions o{.size = 6, .batch = 5, .seed = 3};
        const auto before = batches(colors.data, o, 8);
        for (const int bad : {4, 11}) colors.damage(bad);
        for (const int threads : {1, 4}) {
            o.threads = threads;
            Loader loader(colors.data, o);
            for (std::size_t e = 0; e < 2; ++e) {
                std::vector<int> was, is;
                for (std::size_t b = 0; b < 4; ++b) {
                    for (const int n : before[4 * e + b].numbers(6)) was.push_back(n);
                    const Got got = next(loader, o);
                    for (const int n : got.numbers(6)) is.push_back(n);
                    for (std::size_t row = 0; row < 5; ++row) CHECK(got.labels[row] == got.numbers(6)[row] % 3);
                }
                for (std::size_t i = 0; i < was.size(); ++i) {
                    std::size_t j = i;
                    while (was[j] == 4 || was[j] == 11) j = (j + 1) % was.size();
                    CHECK(is[i] == was[j]);
                }
            }
            REQUIRE(loader.unreadable().size() == 2);  // once each
            CHECK(test::has(loader.unreadable()[0], "4.ppm: "));
            CHECK(test::has(loader.unreadable()[1], "11.ppm: "));
        }
        o.training = false;
        const Got first = batches(colors.data, o, 1)[0];
        CHECK(first.labels == std::vector<std::int32_t>{0, 1, 2, 0, -1});
        CHECK(first.samples == 4);
    }
    TEST_CASE("no readable picture at all ends it") {
        Colors colors(4);
        for (int n = 0; n < 4; ++n) colors.damage(n);
        const LoaderOptions o{.size = 6, .batch = 2};
        Loader loader(colors.data, o);
        CHECK_ERROR(next(loader, o), "train: none of 4 pictures can be read; the first: ");
        CHECK_ERROR(next(loader, o), "none of 4 pictures");
    }
    TEST_CASE("as many pictures are kept as there is memory for, and no file is read twice") {
        const Colors colors(20);  // of 108 bytes each
        LoaderOptions o{.size = 6, .batch = 5, .memory = 7 * 108 + 50};
        Loader some(colors.data, o);
        for (int i = 0; i < 8; ++i) next(some, o);
        CHECK(some.kept() == 7 * 108);

        o.memory = 20 * 108, o.ahead = 1;
        Loader all(colors.data, o);
        for (int i = 0; i < 4; ++i) next(all, o);
        CHECK(all.kept() == 20 * 108);
        const auto later = batches(colors.data, o, 8);
        for (const Sample& s : colors.data.samples) std::filesystem::remove(s.file);
        for (std::size_t i = 4; i < 8; ++i) CHECK(next(all, o) == later[i]);
        CHECK(all.unreadable().empty());
    }
    TEST_CASE("pictures far larger than samples are kept smaller, but never too small for the smallest part") {
        const test::TempFolder folder;
        const Dataset data{.classes = {"a"},
                           .samples = {{folder.write("0.ppm", test::ppm_of(test::noise_picture(65, 48, 0))), 0}}};
        const auto kept = [&](const LoaderOptions& o) {
            Loader loader(data, o);
            next(loader, o);
            return loader.kept();
        };
        CHECK(kept({.size = 13, .batch = 1}) == 65 * 48 * 3);
        CHECK(kept({.size = 12, .batch = 1}) == 32 * 24 * 3);
        CHECK(kept({.size = 6, .batch = 1}) == 16 * 12 * 3);
        CHECK(kept({.size = 6, .batch = 1, .augment = {.least_area = 1.0 / 16}}) == 32 * 24 * 3);
        CHECK(kept({.size = 6, .batch = 1, .training = false, .augment = {.least_area = 1.0 / 16}}) == 16 * 12 * 3);
        const BytePicture whole{5, 2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0,  //
                                       1, 2, 3, 4, 5, 7, 7, 8, 9, 10, 11, 14, 9, 9, 9}};
        CHECK(halved(whole).width == 2);
        CHECK(halved(whole).height == 1);
        CHECK(halved(whole).rgb == std::vector<std::uint8_t>{3, 4, 5, 9, 10, 11});
    }
    TEST_CASE("writes tensors of both types, and refuses others") {
        const Colors colors(6);
        const LoaderOptions o{.size = 6, .batch = 3};
        Tensor exact(Spec(Shape{3, 6, 6, 3}, DType::f64)), labels(Spec(Shape{3}, DType::i32));
        Loader loader(colors.data, o);
        loader.next(exact, labels);
        const auto single = batches(colors.data, o, 1)[0].pictures;
        CHECK(std::ranges::equal(exact.values<double>(), single, {}, {}, [](float v) { return double{v}; }));
        Tensor wrong(Spec(Shape{2, 6, 6, 3}));
        CHECK_ERROR(loader.next(wrong, labels), "expected (3, 6, 6, 3) and i32 (3)");
        CHECK_ERROR(loader.next(exact, exact), "expected (3, 6, 6, 3) and i32 (3)");
    }
    TEST_CASE("refuses options that make no sense") {
        const Colors colors(6);
        const auto refused = [&](const LoaderOptions& o) { return test::error_of([&] { Loader(colors.data, o); }); };
        CHECK(refused({.batch = 7}) == "train: was given 6 pictures, expected at least one batch of 7");
        CHECK(refused({.batch = 7, .training = false}) == "");
        CHECK(test::has(refused({.batch = 0}), "batches of 0 samples"));
        CHECK(test::has(refused({.batch = 3, .ranks = 2}), "batches of 3 for 2 processes, expected as many for each"));
        CHECK(test::has(refused({.batch = 2, .rank = 2, .ranks = 2}), "is process 2 of 2, expected 0 to 1"));
        CHECK(test::has(refused({.batch = 2, .mixup = 1.5}), "a mixup of 1.5, expected 0 to 1"));
        CHECK(test::has(refused({.batch = 2, .threads = 0}), "0 threads that load 3 batches ahead"));
        CHECK(test::has(refused({.size = 4, .batch = 2, .augment = {.shift = 4}}), "a shift of 4 pixels"));
        CHECK_ERROR(Loader({}, {.training = false}), "was given 0 pictures, expected at least one");
    }
}
