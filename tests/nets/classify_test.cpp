// Real weights on real pictures.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/plan.h"
#include "nets/classes.h"
#include "nets/net.h"
#include "tests/check.h"
#include "tests/env.h"
#include "tests/error.h"
#include "tools/image/crop.h"
#include "tools/image/image.h"

using namespace gradus;

namespace {

struct Answer {
    std::array<int, 5> top;
    float probability = 0;
};

/// A net that classifies one picture after another.
class Classifier {
public:
    Classifier(const std::string& name, const std::filesystem::path& folder, DType activations = DType::f32)
        : net_(load_net(name, folder / (name + ".safetensors"))),
          picture_(Spec(Shape{1, net_.table().input.size, net_.table().input.size, 3})),
          probabilities_(net_.record(graph_.leaf(picture_), {.activations = activations}).probabilities()),
          plan_(graph_, {probabilities_}) {}

    Answer operator()(const std::filesystem::path& photo) {
        const int size = net_.table().input.size;
        const Image image = center_crop(load_image(photo), size, size);
        std::ranges::copy(image.rgb, picture_.values_to_write<float>().begin());
        plan_.run();
        const Tensor result = plan_.read(probabilities_);
        const auto p = result.values<float>();
        std::vector<int> order(p.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
        const auto larger = [&](int a, int b) {
            return p[static_cast<std::size_t>(a)] > p[static_cast<std::size_t>(b)];
        };
        std::ranges::partial_sort(order, order.begin() + 5, larger);
        Answer answer;
        std::copy_n(order.begin(), 5, answer.top.begin());
        answer.probability = p[static_cast<std::size_t>(order[0])];
        return answer;
    }

private:
    Net net_;
    Graph graph_;
    Tensor picture_;
    Var probabilities_;
    Plan plan_;
};

}  // namespace

TEST_SUITE("classification") {
    TEST_CASE("GoogLeNet and SqueezeNet see what is in the photographs") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const Labels labels = load_labels(net_table("googlenet"));
        const std::filesystem::path photos = *test::shared_dir() / "photos";
        for (const std::string name : {"googlenet", "squeezenet1_1"}) {
            Classifier classify(name, *test::weights_dir());
            for (const std::string photo :
                 {"n01443537_goldfish.jpg", "n02165456_ladybug.jpg", "n09472597_volcano.jpg"}) {
                const Answer answer = classify(photos / photo);
                const std::string synset = photo.substr(0, 9);
                CHECK_MESSAGE(labels[answer.top[0]].synset == synset,
                              name << " takes " << photo << " for " << labels[answer.top[0]].name);
                CHECK(answer.probability > 0.5f);
            }
        }
    }
    TEST_CASE("LeNet's file has its mean picture beside it, and reads a digit") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        SKIP_WITHOUT(test::shared_dir(), "GRADUS_SHARED");
        const Net net = load_net("lenet", *test::weights_dir() / "lenet.caffemodel");
        const Image digit = load_image(*test::shared_dir() / "images" / "digit.png");
        REQUIRE(digit.width == 28);
        Graph g;
        const Tensor p = value(net.record(g.leaf(Tensor({1, 28, 28, 3}, digit.rgb))).probabilities());
        float most = 0, sum = 0;
        for (const float v : p.values<float>()) {
            most = std::max(most, v);
            sum += v;
        }
        CHECK(sum == doctest::Approx(1));
        CHECK(most > 0.9f);
    }
    TEST_CASE("a file of convolutions has no classifier, and says so") {
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        const Net net = load_net("vgg16", *test::weights_dir() / "vgg16-conv.safetensors");
        CHECK_FALSE(net.has_classifier());
        CHECK(net.layer_names().back() == "pool5");
        Graph g;
        const Layers layers = net.record(g.leaf(test::noise_tensor({1, 224, 224, 3})));
        CHECK_ERROR(layers("prob"), R"(vgg16: layer "prob" belongs to the classifier, and )");
        CHECK_ERROR(layers("prob"), "vgg16-conv.safetensors has none");
        CHECK_ERROR(layers.scores(), R"(layer "fc8" belongs to the classifier)");
    }
}
