#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>

#include "tests/env.h"

int main(int argc, char** argv) {
    const int failed = doctest::Context(argc, argv).run();
    if (gradus::test::skipped > 0) std::printf("skipped: %d\n", gradus::test::skipped);
    return failed;
}
