#pragma once
#include <span>

#include "tools/image/byte_picture.h"
#include "tools/image/pixel_box.h"

namespace gradus {

/// A part of a picture as a square of another size: bilinear where it grows, under a triangle as wide as two pixels of
/// the result where it shrinks (ResizeKind::antialias in ops/resize.h), without looking beyond the part. Pixel (i, j)
/// of what is written is pixel (rows[i], columns[j]) of that square: 0, 1, 2 ... writes it as it is, ... 2, 1, 0
/// mirrors it.
///
/// shapes    rows (size), columns (size), values 0..size-1 -> to (size, size, 3)
/// units     0..255 -> 0..1
/// cost      2 flops per tap and value, rows first: 6 size (taps_h part.width + taps_w size); a tap is a pixel of the
///           part under a triangle, 2 where it grows
void resample(const BytePicture& from, const PixelBox& part, std::span<const int> rows, std::span<const int> columns,
              float* to);

}  // namespace gradus
