#include "tools/image/text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tools/image/font.h"

namespace gradus {
namespace {

// In units of the font, a sixteenth of the size.
constexpr float line = 20, above = 4;                // a line, and what of it lies above the capitals
constexpr float overhang = 3;                        // no letter reaches farther out of its width
constexpr float stroke = 1.35f, bold_stroke = 2.0f;  // widths of the pen

/// The pen as it is for this style, in pixels but for `unit`, which is how many of them a unit takes.
struct Pen {
    float unit, width, spacing;  // spacing: between letters, beside what the font has

    explicit Pen(const TextStyle& style)
        : unit(style.size / 16),
          width(std::max(unit * (style.bold ? bold_stroke : stroke), 1.1f)),  // thinner strokes are only paler
          spacing(style.bold ? unit * (bold_stroke - stroke) : 0) {}

    /// Whole pixels, so that a letter looks the same wherever it stands.
    std::int64_t advance(char c) const {
        return std::max(std::llround(static_cast<float>(glyph_of(c).advance) * unit + spacing), 1LL);
    }
};

struct Line {
    float x0, y0, x1, y1;
};

/// The lines that a path consists of; a curve is eight of them.
std::vector<Line> lines_of(const char* path) {
    std::vector<Line> lines;
    float x = 0, y = 0;
    const auto digit = [&path] { return *path >= '0' && *path <= '9'; };
    // By hand, since strtof reads a comma in some countries.
    const auto number = [&] {
        while (*path == ' ') ++path;
        const float sign = *path == '-' ? -1.0f : 1.0f;
        if (*path == '-') ++path;
        float value = 0;
        for (; digit(); ++path) value = 10 * value + static_cast<float>(*path - '0');
        if (*path == '.') ++path;
        for (float place = 0.1f; digit(); ++path, place /= 10) value += place * static_cast<float>(*path - '0');
        return sign * value;
    };
    const auto to = [&](float next_x, float next_y) {
        lines.push_back({x, y, next_x, next_y});
        x = next_x;
        y = next_y;
    };
    while (*path != '\0') {
        switch (*path++) {
            case 'M':
                x = number();
                y = number();
                break;
            case 'H':
                to(number(), y);
                break;
            case 'V':
                to(x, number());
                break;
            case 'L': {
                const float end_x = number();
                to(end_x, number());
                break;
            }
            default: {  // 'Q', a parabola
                const float x0 = x, y0 = y, bend_x = number(), bend_y = number(), end_x = number(), end_y = number();
                for (int i = 1; i <= 8; ++i) {
                    const float t = static_cast<float>(i) / 8, s = 1 - t;
                    to(s * s * x0 + 2 * s * t * bend_x + t * t * end_x,
                       s * s * y0 + 2 * s * t * bend_y + t * t * end_y);
                }
            }
        }
    }
    return lines;
}

/// How far a place lies outside the ink, in units; within it, less than zero.
float distance(const std::vector<Line>& lines, float x, float y, float radius) {
    float least = std::numeric_limits<float>::max();
    for (const Line& l : lines) {
        const float dx = l.x1 - l.x0, dy = l.y1 - l.y0, square = dx * dx + dy * dy;
        const float t = square > 0 ? std::clamp(((x - l.x0) * dx + (y - l.y0) * dy) / square, 0.0f, 1.0f) : 0.0f;
        const float off_x = x - l.x0 - t * dx, off_y = y - l.y0 - t * dy;
        const float r = square > 0 ? radius : 1.25f * radius;  // a dot as wide as a stroke looks thin
        least = std::min(least, std::sqrt(off_x * off_x + off_y * off_y) - r);
    }
    return least;
}

/// Lays `color` over a pixel where `cover` of it is ink.
void blend(Image& image, std::size_t pixel, const std::array<float, 3>& color, float cover) {
    float under = 1 - cover;  // the weight of what was there
    if (image.alpha) {
        float& alpha = (*image.alpha)[pixel];
        const float both = cover + under * alpha;
        under *= alpha / both;
        cover /= both;
        alpha = both;
    }
    for (std::size_t c = 0; c < 3; ++c) {
        float& value = image.rgb[3 * pixel + c];
        value = under * value + cover * color[c];
    }
}

}  // namespace

void draw_text(Image& image, int x, int y, std::string_view text, const TextStyle& style) {
    const Pen pen(style);
    if (style.color[0] != style.color[1] || style.color[0] != style.color[2]) image.gray = false;
    std::int64_t left = x;
    for (const char c : text) {
        const std::int64_t advance = pen.advance(c);
        const auto reach = static_cast<std::int64_t>(overhang * pen.unit) + 1;
        if (left - reach >= image.width) break;
        const auto lines = lines_of(glyph_of(c).path);
        const auto x0 = std::max<std::int64_t>(left - reach, 0);
        const auto x1 = std::min<std::int64_t>(left + advance + reach, image.width);
        const auto y0 = std::max<std::int64_t>(y, 0);
        const auto y1 = std::min<std::int64_t>(std::int64_t{y} + text_height(style), image.height);
        for (auto v = y0; v < y1 && !lines.empty(); ++v)
            for (auto u = x0; u < x1; ++u) {
                // Whole numbers of the font are the middles of pixels.
                const float at_x = (static_cast<float>(u - left) + 0.5f - pen.spacing / 2) / pen.unit - 0.5f;
                const float at_y = (static_cast<float>(v - y) + 0.5f) / pen.unit - 0.5f - above;
                const float outside = distance(lines, at_x, at_y, pen.width / pen.unit / 2) * pen.unit;
                const float cover = std::clamp(0.5f - outside, 0.0f, 1.0f);
                if (cover > 0) blend(image, static_cast<std::size_t>(v * image.width + u), style.color, cover);
            }
        left += advance;
    }
}

int text_width(std::string_view text, const TextStyle& style) {
    const Pen pen(style);
    std::int64_t width = 0;
    for (const char c : text) width += pen.advance(c);
    return static_cast<int>(std::min<std::int64_t>(width, std::numeric_limits<int>::max()));
}

int text_height(const TextStyle& style) { return static_cast<int>(std::ceil(line * style.size / 16)); }

std::string shortened(std::string_view text, int width, const TextStyle& style) {
    if (text_width(text, style) <= width) return std::string(text);
    const std::string dots = "...";
    std::int64_t left = std::int64_t{width} - text_width(dots, style);
    if (left < 0) return {};
    const Pen pen(style);
    std::size_t n = 0;
    while (n < text.size() && (left -= pen.advance(text[n])) >= 0) ++n;
    while (n > 0 && text[n - 1] == ' ') --n;
    return std::string(text.substr(0, n)) + dots;
}

}  // namespace gradus
