#include "nets/above.h"

#include <doctest/doctest.h>

#include "tests/error.h"

using namespace gradus;

TEST_SUITE("nets") {
    TEST_CASE("a layer is made from those above it and from no other branch") {
        const auto above = layers_above(net_table("googlenet"), "inception_3a/3x3");
        for (const char* layer : {"inception_3a/3x3", "inception_3a/3x3_reduce", "conv1/7x7_s2", "data"})
            CHECK(above.contains(layer));
        for (const char* layer : {"inception_3a/1x1", "inception_3a/output", "prob"})
            CHECK_FALSE(above.contains(layer));
        CHECK_ERROR(layers_above(net_table("vgg16"), "relu9"), "no layer \"relu9\"");
    }
    TEST_CASE("gates are what all ways lead through, nearest first") {
        const auto gates = gates_above(net_table("googlenet"), "inception_4a/output");
        REQUIRE(gates.size() > 3);
        CHECK(gates[0] == "pool3/3x3_s2");
        CHECK(gates[1] == "inception_3b/output");
        CHECK(gates[2] == "inception_3a/output");
        CHECK(gates.back() == "conv1/7x7_s2");
        CHECK(gates_above(net_table("vgg16"), "conv1_1").empty());
    }
    TEST_CASE("classifiers of VGG and everything of LeNet want pictures of one size") {
        CHECK(wants_own_size(net_table("vgg16"), "fc8"));
        CHECK_FALSE(wants_own_size(net_table("vgg16"), "pool5"));
        CHECK_FALSE(wants_own_size(net_table("googlenet"), "prob"));
        CHECK_FALSE(wants_own_size(net_table("squeezenet1_1"), "prob"));
        CHECK(wants_own_size(net_table("lenet"), "conv1"));
    }
}
