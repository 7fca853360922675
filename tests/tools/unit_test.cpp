#include "tools/search/unit.h"

#include <doctest/doctest.h>

#include "tests/check.h"
#include "tests/tools/tiny_nets.h"

using namespace gradus;

TEST_SUITE("units") {
    TEST_CASE("have a name for labels and one for sentences") {
        const auto both = [](const Unit& unit) { return unit.name() + " | " + to_string(unit); };
        CHECK(both({.layer = "a/b"}) == "a/b | a/b");
        CHECK(both({.layer = "a/b", .channel = 7}) == "a/b:7 | a/b, channel 7");
        CHECK(both({.layer = "a/b", .channel = 7, .row = 3, .column = 0}) == "a/b:7@3,0 | a/b, channel 7 at 3,0");
        CHECK(both({.layer = "a/b", .channel = 7, .row = Unit::middle, .column = Unit::middle}) ==
              "a/b:7@middle | a/b, channel 7 in the middle");
        Unit one_class = class_unit(test::tiny_net(), 2);
        CHECK(both(one_class) == "class 2 | scores, channel 2 at 0,0");
        one_class.class_name = "goldfish";
        CHECK(one_class.name() == "goldfish");
    }
    TEST_CASE("of every kind climb a term of their own") {
        const auto term = [](const Unit& unit) { return objective_of(unit).terms[0].name; };
        CHECK(term({.layer = "conv2"}) == "energy(conv2)");
        CHECK(term({.layer = "conv2", .channel = 3}) == "channel(conv2, 3)");
        CHECK(term({.layer = "conv2", .channel = 3, .row = 1, .column = 2}) == "neuron(conv2, 3, 1, 2)");
        CHECK(term({.layer = "conv2", .channel = 3, .row = Unit::middle, .column = Unit::middle}) ==
              "neuron(conv2, 3)");
        CHECK(term(class_unit(test::tiny_net(), 2)) == "class(2)");
    }
    TEST_CASE("are read as their layer has them") {
        const Net net = test::tiny_net();
        Tensor x = test::noise_tensor({1, 10, 14, 3}, 5);
        Graph g;
        const Layers layers = net.record(g.leaf(x));
        const Tensor conv = value(layers("conv2")), scores = value(layers.scores()), prob = value(layers("prob"));
        const auto at = [&](int row, int column, int channel) {
            return static_cast<double>(
                conv.values<float>()[static_cast<std::size_t>((row * 7 + column) * 8 + channel)]);
        };
        const auto read = [&](const Unit& unit) { return read_units(net, x, {unit}, DType::f32, {})[0]; };
        CHECK(read({"conv2", 3, 1, 2}).activation == doctest::Approx(at(1, 2, 3)));
        CHECK(read({"conv2", 3, Unit::middle, Unit::middle}).activation == doctest::Approx(at(2, 3, 3)));
        double sum = 0;
        for (int place = 0; place < 35; ++place) sum += at(place / 7, place % 7, 3);
        CHECK(read({"conv2", 3}).activation == doctest::Approx(sum / 35));
        int stronger = 0;
        for (int channel = 0; channel < 8; ++channel) stronger += at(1, 2, channel) > at(1, 2, 3);
        CHECK(read({"conv2", 3, 1, 2}).rank == stronger + 1);
        CHECK(read({"conv2", 3, 1, 2}).of == 8);
        const UnitReading one_class = read(class_unit(net, 2));
        CHECK(one_class.activation == doctest::Approx(static_cast<double>(scores.values<float>()[2])));
        CHECK(one_class.probability == doctest::Approx(static_cast<double>(prob.values<float>()[2])));
        CHECK(one_class.of == 4);
    }
}
