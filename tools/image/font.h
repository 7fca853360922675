#pragma once

namespace gradus {

/// A letter as the pen moves that draws it.
///
/// shapes    x to the right from the left edge, y down: capitals from 0 to 10, small letters from 3, tails to 13
/// units     a sixteenth of the text's size; whole numbers are the middles of pixels at size 16
struct Glyph {
    char letter;
    int advance;       // from the left edge to that of the next letter
    const char* path;  // as in SVG, absolute: M x y, L x y, H x, V y, Q x y x y; a line of no length is a dot
};

/// That of an ASCII letter; of any other byte, and of a control character, that of '?'.
const Glyph& glyph_of(char c);

}  // namespace gradus
