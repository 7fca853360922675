// A whole training on pictures that are red or green: the same twice, the same after a stop, and it learns.
#include "tools/train/train_classifier.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "nets/chain.h"
#include "nets/stored.h"
#include "tests/check.h"
#include "tests/temp_folder.h"
#include "weights/safetensors.h"

using namespace gradus;

namespace {

/// Two classes of 12 pictures of 10 x 10: more red than green, and the other way; all different.
struct Colors {
    test::TempFolder folder;
    Dataset data;
    Colors() {
        for (const char* name : {"green", "red"}) {
            std::filesystem::create_directory(folder / name);
            for (int n = 0; n < 12; ++n) {
                Image picture;
                picture.width = picture.height = 10;
                for (int i = 0; i < 100; ++i) {
                    const float low = 0.2f + 0.02f * static_cast<float>((i * 7 + n) % 11), high = low + 0.3f;
                    const bool red = name[0] == 'r';
                    picture.rgb.insert(picture.rgb.end(), {red ? high : low, red ? low : high, 0.4f});
                }
                save_image(folder / name / (std::to_string(n) + ".png"), picture);
            }
        }
        data = read_dataset(folder / ".");
    }
};

ClassifierOptions options() {
    ClassifierOptions o;
    o.epochs = 3;
    o.batch = 8;
    o.rate = 0.05;
    o.warm_up = 1;
    o.augment = {.least_area = 0.5, .most_aspect = 1.3, .flip = true};
    o.optimizer.average = 0.5;
    o.seed = 5;
    return o;
}

bool same(const std::map<std::string, Tensor>& a, const std::map<std::string, Tensor>& b) {
    for (const auto& [name, tensor] : a)
        if (std::memcmp(tensor.data(), b.at(name).data(), tensor.spec().bytes()) != 0) return false;
    return a.size() == b.size();
}

const NetTable& table() {
    static const NetTable made = chain("6k5s2,P,8", 2, 10);
    return made;
}

/// The net in a file.
Net stored_net(const std::filesystem::path& file, const std::map<std::string, Tensor>& weights) {
    std::vector<NamedValues> tensors;
    for (const auto& [name, values] : weights)
        tensors.push_back({name, values.shape().extents(), values.values<float>()});
    write_safetensors(file, tensors, {}, FileType::f32);
    return Net(table(), Weights(file));
}

}  // namespace

TEST_SUITE("train classifier") {
    TEST_CASE("it learns, twice the same, and goes on where it stopped with the same bytes") {
        const Colors colors;
        for (const bool adam : {false, true}) {
            CAPTURE(adam);
            ClassifierOptions o = options();
            o.optimizer.adam = adam;
            if (adam) o.rate = 0.01;
            const TrainingResult whole = train_classifier(table(), colors.data, colors.data, o, {.threads = 1});
            CHECK(whole.finished);
            CHECK(whole.steps == 9);
            REQUIRE(whole.epochs.size() == 3);
            CHECK(whole.epochs[2].loss < whole.epochs[0].loss);
            REQUIRE(whole.epochs[2].held_out);
            CHECK(whole.epochs[2].held_out->pictures == 24);
            CHECK(whole.epochs[2].held_out->first == 24);
            CHECK(same(train_classifier(table(), colors.data, {}, o, {.threads = 1}).weights, whole.weights));

            for (const int stop : {2, 3, 7}) {
                CAPTURE(stop);
                SearchState state;
                const TrainingResult part =
                    train_classifier(table(), colors.data, {}, o, {.threads = 1}, [&](const TrainingLook& look) {
                        if (look.done < stop) return true;
                        state = look.state();
                        return false;
                    });
                CHECK(!part.finished);
                CHECK(part.steps == stop);
                CHECK(!same(part.weights, whole.weights));
                ClassifierOptions on = o;
                on.from = state;
                const TrainingResult rest = train_classifier(table(), colors.data, {}, on, {.threads = 1});
                CHECK(rest.finished);
                CHECK(same(rest.weights, whole.weights));
                REQUIRE(rest.epochs.size() == whole.epochs.size());
                for (std::size_t i = 0; i < whole.epochs.size(); ++i)
                    CHECK(rest.epochs[i].loss == whole.epochs[i].loss);
            }
        }
    }

    TEST_CASE("dropout changes what is learned, twice in the same way, and not what was learned") {
        const Colors colors;
        ClassifierOptions o = options();
        const TrainingResult all = train_classifier(table(), colors.data, {}, o, {.threads = 1});
        o.training.dropout = 0.4;
        const TrainingResult some = train_classifier(table(), colors.data, colors.data, o, {.threads = 1});
        CHECK(!same(some.weights, all.weights));
        CHECK(some.epochs[2].held_out->first == 24);
        SearchState state;
        train_classifier(table(), colors.data, {}, o, {.threads = 1}, [&](const TrainingLook& look) {
            state = look.state();
            return look.done < 4;
        });
        o.from = state;
        CHECK(same(train_classifier(table(), colors.data, {}, o, {.threads = 1}).weights, some.weights));
    }

    TEST_CASE(
        "it goes on from a net that was trained, with batch norms that leave it as it is, or with other classes") {
        const Colors colors;
        ClassifierOptions o = options();
        o.optimizer.average = 0;
        const TrainingResult first = train_classifier(table(), colors.data, colors.data, o, {.threads = 1});
        const Net stored = stored_net(colors.folder / "stored.safetensors", first.weights);
        for (const double average : {0.0, 0.5}) {
            ClassifierOptions still = o;
            still.start = stored;
            still.rate = 0;
            still.epochs = 1;
            still.augment = {.least_area = 1, .most_aspect = 1, .flip = false};
            still.optimizer.average = average;
            still.training.moments_rate = 0;
            const Net same = net_of(table(), train_classifier(table(), colors.data, {}, still, {.threads = 1}).weights);
            Graph g;
            const Var x = g.leaf(test::noise_tensor({2, 10, 10, 3}));
            CHECK(test::relative_error(value(same.record(x).scores()), value(stored.record(x).scores())) < 1e-5);
        }
        ClassifierOptions on = o;
        on.start = stored;
        const TrainingResult second = train_classifier(table(), colors.data, colors.data, on, {.threads = 1});
        CHECK(second.epochs[0].loss < first.epochs[0].loss);
        const NetTable other = chain("6k5s2,P,8", 3, 10);  // one class more than there are pictures of
        CHECK(train_classifier(other, colors.data, {}, on, {.threads = 1}).finished);
        on.training.batch_norm = false;
        CHECK(train_classifier(table(), colors.data, {}, on, {.threads = 1}).epochs[0].loss < first.epochs[0].loss);
    }

    TEST_CASE("sizes change with the epochs, and a batch may come in parts") {
        const Colors colors;
        ClassifierOptions o = options();
        o.sizes = {{0, 10}, {1, 16}};
        o.parts = 2;
        o.mixup = 0.5;
        const TrainingResult result = train_classifier(table(), colors.data, {}, o, {.threads = 2});
        CHECK(result.finished);
        CHECK(result.epochs[2].loss < result.epochs[0].loss);
    }

    TEST_CASE("a loss that is not finite ends it, and what was good is not lost") {
        const Colors colors;
        ClassifierOptions o = options();
        o.training.batch_norm = false;
        o.rate = 1e30;
        const TrainingResult result = train_classifier(table(), colors.data, {}, o, {.threads = 1});
        CHECK(!result.finite);
        CHECK(!result.finished);
        CHECK(result.steps < 9);
    }

    TEST_CASE("what does not fit is refused") {
        const Colors colors;
        ClassifierOptions o = options();
        o.batch = 100;
        test::check_refuses([&] { train_classifier(table(), colors.data, {}, o, {}); },
                            "24 pictures, expected at least one batch of 100");
        o.batch = 8;
        o.parts = 3;
        test::check_refuses([&] { train_classifier(table(), colors.data, {}, o, {}); },
                            "batches of 8 pictures in 3 parts for 1 processes, expected a multiple of 3");
        o.parts = 1;
        o.from.origin = "x.ckpt";
        o.from.tensors = {{"progress", Tensor(Spec(Shape{2}, DType::i32))}};
        test::check_refuses([&] { train_classifier(table(), colors.data, {}, o, {}); }, "x.ckpt: found 1 tensors");
    }

    TEST_CASE("the rate rises, then falls to 0") {
        CHECK(rate_at(0, 100, 10, 0.4) == doctest::Approx(0.04));
        CHECK(rate_at(8, 100, 10, 0.4) == doctest::Approx(0.36));
        CHECK(rate_at(9, 100, 10, 0.4) == doctest::Approx(0.4));
        CHECK(rate_at(54, 100, 10, 0.4) == doctest::Approx(0.2));
        CHECK(rate_at(99, 100, 10, 0.4) == doctest::Approx(0).epsilon(1e-9));
        CHECK(rate_at(0, 1, 0, 0.4) >= 0);
    }
}
