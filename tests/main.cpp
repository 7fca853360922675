#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>

#include "tests/env.h"

// Clang's OpenMP keeps what its threads need until the end, which LeakSanitizer takes for lost.
extern "C" const char* __lsan_default_suppressions() { return "leak:libomp\n"; }

int main(int argc, char** argv) {
    const int failed = doctest::Context(argc, argv).run();
    if (gradus::test::skipped > 0) std::printf("skipped: %d\n", gradus::test::skipped);
    return failed;
}
