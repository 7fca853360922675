#include "tests/fuzz/repaired.h"
#include "tools/image/image.h"

void gradus::fuzz::recipes(Bytes bytes) { decode_recipe(repaired(bytes), "x"); }
