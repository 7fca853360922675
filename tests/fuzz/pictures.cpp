#include "tests/fuzz/repaired.h"
#include "tools/image/image.h"

void gradus::fuzz::pictures(Bytes bytes) { decode_image(repaired(bytes), "x"); }
