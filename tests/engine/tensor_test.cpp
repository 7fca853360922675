#include "engine/tensor.h"

#include <cmath>
#include <limits>

#include "tests/check.h"

using namespace gradus;

TEST_SUITE("tensor") {
    TEST_CASE("one value per element") {
        CHECK(Tensor({2, 2}, {1, 2, 3, 4}).values<float>()[3] == 4);
        test::check_refuses([] { Tensor({2, 2}, {1, 2, 3}); }, "tensor: shape (2, 2) was given 3 values, expected 4");
    }
    TEST_CASE("conversion rounds to nearest even, and keeps infinity and NaN") {
        const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
        // bf16 has 8 bits: between 1 and 1 + 1/128 lies the tie 1 + 1/256.
        const Tensor x({7}, {1.0f + 1.0f / 256, 1.0f + 3.0f / 256, -1.0f - 1.0f / 256, 3.4e38f, inf, nan, 1e-45f});
        const Tensor y = x.to(DType::bf16).to(DType::f32);
        const auto v = y.values<float>();
        CHECK(v[0] == 1.0f);
        CHECK(v[1] == 1.0f + 4.0f / 256);
        CHECK(v[2] == -1.0f);
        CHECK(v[3] == inf);
        CHECK(v[4] == inf);
        CHECK(std::isnan(v[5]));
        CHECK(v[6] == 0.0f);
        const Tensor wide = x.to(DType::f64);
        for (std::size_t i = 0; i < 5; ++i)
            CHECK(wide.values<double>()[i] == static_cast<double>(x.values<float>()[i]));
        test::check_refuses([&] { x.to(DType::i32); }, "tensor: cannot convert f32 to i32");
    }
    TEST_CASE("a copy shares the values; a conversion to the same type too") {
        Tensor x({1}, {1});
        const Tensor copy = x, same = x.to(DType::f32), other({1}, {1});
        x.values_to_write<float>()[0] = 5;
        CHECK(copy.values<float>()[0] == 5);
        CHECK(copy.id() == x.id());
        CHECK(same.id() == x.id());
        CHECK(other.id() != x.id());
    }
    TEST_CASE("every write counts a version") {
        Tensor x({1}, {1});
        const auto before = x.version();
        x.values<float>();
        CHECK(x.version() == before);
        x.values_to_write<float>();
        CHECK(x.version() == before + 1);
    }
    TEST_CASE("memory of somebody else is read-only, and kept alive") {
        const auto owner = std::make_shared<std::vector<float>>(3, 2.0f);
        const std::weak_ptr<std::vector<float>> watch = owner;
        {
            Tensor x(Spec(Shape{3}), owner->data(), owner);
            CHECK(x.values<float>()[2] == 2);
            CHECK(watch.use_count() == 2);
            test::check_refuses([&] { x.writable(); }, "is read-only");
        }
        CHECK(watch.use_count() == 1);
    }
    TEST_CASE("reading as another type is refused") {
        const Tensor x({1}, {1});
        test::check_refuses([&] { x.values<double>(); }, "tensor: f32 (1) was read as f64");
        test::check_refuses([] { Tensor().values<float>(); }, "was read as f32");
    }
}
