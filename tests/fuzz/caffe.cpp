#include "weights/caffe.h"

#include "tests/fuzz/targets.h"
#include "weights/numbers.h"

void gradus::fuzz::caffe(Bytes bytes) {
    const Contents contents = parse_caffe(bytes, "x");
    for (const Entry& entry : contents.entries) read_f32(entry, "x");
}
