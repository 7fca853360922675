#pragma once
// What is fuzzed: readers of bytes that anybody may have made. Each returns or throws gradus::Error, whatever the
// bytes; anything else is a defect. One file each; libfuzzer/entry.cpp makes a fuzzer of it, corpus_test.cpp a test.
#include <cstddef>
#include <span>

namespace gradus::fuzz {

using Bytes = std::span<const std::byte>;
using Target = void(Bytes);

Target safetensors, caffe, pictures, recipes, configuration;

}  // namespace gradus::fuzz
