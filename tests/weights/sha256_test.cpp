#include "weights/sha256.h"

#include <doctest/doctest.h>

#include <string_view>

using namespace gradus;

namespace {
std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
}  // namespace

TEST_SUITE("sha256") {
    TEST_CASE("gives the digests of FIPS 180-4's examples") {
        for (auto* hash : {sha256, detail::sha256_plain}) {
            CHECK(hash(bytes("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
            CHECK(hash(bytes("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
            CHECK(hash(bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
            CHECK(hash(bytes("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmn"
                             "opqrlmnopqrsmnopqrstnopqrstu")) ==
                  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
            CHECK(hash(bytes(std::string(1000000, 'a'))) ==
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        }
    }
    TEST_CASE("the instructions and the plain code agree at every length around a block") {
        std::string text;
        for (int n = 0; n < 200; ++n) {
            CHECK(sha256(bytes(text)) == detail::sha256_plain(bytes(text)));
            text += static_cast<char>(n * 37);
        }
    }
}
