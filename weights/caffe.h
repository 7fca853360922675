#pragma once
#include <span>
#include <string>

#include "weights/entry.h"

namespace gradus {

/// Reads the trained blobs of a Caffe file: a `.caffemodel`, its layers in the old form (V1LayerParameter, field 2
/// `layers`) or the new one (field 100 `layer`), or a `.binaryproto`, a single blob, which is named "mean". Everything
/// else in the file is passed over. The bytes may come from anybody, as for parse_safetensors.
///
/// A layer's blobs are named `<layer>.weight`, `<layer>.bias`, `<layer>.blob2`... Old blobs always have four extents,
/// padded with ones in front; those are dropped, so that a bias is (K), the weights of an inner product (K, C), of a
/// convolution (K, C, R, S).
///
/// throws    for numbers of more than 64 bits, lengths beyond what holds them, shapes that do not match their values,
/// names
///           given twice, layers of the oldest form (V0), or no blobs at all. `file` begins each sentence.
Contents parse_caffe(std::span<const std::byte> bytes, const std::string& file);

}  // namespace gradus
