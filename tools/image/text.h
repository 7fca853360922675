#pragma once
#include <array>
#include <string>
#include <string_view>

#include "tools/image/image.h"

namespace gradus {

/// How text looks: round strokes of one width, in a font of our own.
struct TextStyle {
    float size = 16;                                  // pixels: capitals are 0.7 of it, a line takes 1.25 of it
    std::array<float, 3> color = {0.1f, 0.1f, 0.1f};  // 0..1, as in Image
    bool bold = false;
};

/// Draws one line of text into a picture, anti-aliased; what lies outside is cut off. ASCII; every other byte, and
/// every control character, is a '?'. A multiple of 16 as size is crispest.
///
/// shapes    (x, y) is the left upper corner of a box text_width wide and text_height high
/// cost      some 50 us a letter at size 16, growing with the square of the size
void draw_text(Image& image, int x, int y, std::string_view text, const TextStyle& style = {});

/// The size of that box, in pixels; the width is rounded up.
int text_width(std::string_view text, const TextStyle& style = {});
int text_height(const TextStyle& style = {});

/// The text where it is at most so wide, else the beginning that is with "..." behind it; nothing where not even the
/// dots fit.
std::string shortened(std::string_view text, int width, const TextStyle& style = {});

}  // namespace gradus
