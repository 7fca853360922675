#include "weights/safetensors.h"

#include "tests/fuzz/targets.h"
#include "weights/numbers.h"

void gradus::fuzz::safetensors(Bytes bytes) {
    for (const Entry& entry : parse_safetensors(bytes, "x").entries) read_f32(entry, "x");
}
