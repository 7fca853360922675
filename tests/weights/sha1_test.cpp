#include "weights/sha1.h"

#include <doctest/doctest.h>

#include <string>

using namespace gradus;

TEST_SUITE("sha1") {
    TEST_CASE("gives the digests of FIPS 180-4's examples, and one at every length around a block") {
        const auto of = [](const std::string& text) { return sha1(std::as_bytes(std::span(text))); };
        CHECK(of("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
        CHECK(of("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        CHECK(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
              "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
        CHECK(of(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
        // hashlib's digests of that many "a", one after the other, hashed.
        std::string all;
        for (std::size_t n = 50; n < 200; ++n) all += of(std::string(n, 'a'));
        CHECK(of(all) == "1624d0f76930474994a844ef7d7e3456747b697e");
    }
}
