#include "tests/fuzz/repaired.h"
#include "tools/cli/shell_words.h"
#include "tools/image/image.h"

void gradus::fuzz::recipes(Bytes bytes) {
    for (const auto& [key, value] : decode_recipe(repaired(bytes), "x")) shell_words(value, "x");
}
