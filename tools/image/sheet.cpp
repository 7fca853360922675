#include "tools/image/sheet.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/require.h"
#include "tools/image/text.h"

namespace gradus {
namespace {

using Size = std::int64_t;

/// How many squares' sides a pixel of the tile becomes.
Size enlargement(const Image& picture, int smallest) {
    const Size longer = std::max(picture.width, picture.height);
    return longer > 0 && longer < smallest ? (smallest + longer - 1) / longer : 1;
}

/// Tiles side by side, and their labels below.
struct Row {
    Size top = 0, height = 0;  // of the tiles
    Size label = 0;            // where the labels begin; 0 where there are none
};

/// Where things are. From the left: margin, row labels, cells. From the top: margin, title, column labels, rows.
struct Layout {
    TextStyle text = {}, title = {};
    Size gap = 0, margin = 0, columns = 1, cell_width = 0, left = 0, title_height = 0;
    std::vector<Row> rows = {};
    Size width = 0, height = 0;

    Size x(Size column) const { return left + column * (cell_width + gap); }
};

Size widest(const std::vector<std::string>& texts, const TextStyle& style) {
    Size most = 0;
    for (const auto& text : texts) most = std::max<Size>(most, text_width(text, style));
    return most;
}

Size rows_of(Size tiles, Size columns) { return (tiles + columns - 1) / columns; }

/// Asked for, or as the labels say; else those whose sheet is most nearly five to four.
Size columns_of(Size tiles, Size cell_width, Size cell_height, const SheetOptions& o) {
    if (o.columns > 0) return std::min<Size>(o.columns, tiles);
    if (!o.column_labels.empty()) return static_cast<Size>(o.column_labels.size());
    if (!o.row_labels.empty()) return rows_of(tiles, static_cast<Size>(o.row_labels.size()));
    Size best = 1;
    double least = std::numeric_limits<double>::max();
    for (Size columns = 1; columns <= tiles; ++columns) {
        const auto w = static_cast<double>(columns * cell_width);
        const auto h = static_cast<double>(rows_of(tiles, columns) * cell_height);
        const double off = std::abs(std::log(w / h / 1.25));
        if (off < least) {
            least = off;
            best = columns;
        }
    }
    return best;
}

/// The rows, from `top` on; one is as high as its highest tile, or as its own label.
void lay_out_rows(Layout& l, Size top, const std::vector<SheetTile>& tiles, const SheetOptions& o) {
    const Size line = text_height(l.text), pad = line / 10;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const std::size_t r = i / static_cast<std::size_t>(l.columns);
        if (r == l.rows.size()) l.rows.push_back({.height = r < o.row_labels.size() ? line : 0});
        const Image& picture = tiles[i].picture;
        l.rows[r].height = std::max(l.rows[r].height, picture.height * enlargement(picture, o.smallest));
        if (!tiles[i].label.empty()) l.rows[r].label = 1;
    }
    for (Row& row : l.rows) {
        row.top = top;
        top += row.height + l.gap;
        if (row.label == 0) continue;
        row.label = row.top + row.height + pad;
        top = row.label + line + std::max(l.gap, 2 * pad);  // nearer to its own tile than to the next
    }
    const Row& last = l.rows.back();
    l.height = last.label > 0 ? last.label + line + l.margin / 2 : last.top + last.height + l.margin;
}

Layout lay_out(const std::vector<SheetTile>& tiles, const SheetOptions& o) {
    Layout l;
    Size label = 0, height = 0;
    for (const auto& tile : tiles) {
        const Size enlarged = enlargement(tile.picture, o.smallest);
        l.cell_width = std::max(l.cell_width, tile.picture.width * enlarged);
        height = std::max(height, tile.picture.height * enlarged);
    }
    const Size whole = (l.cell_width + 28) / 56 * 4;  // multiples of four look crisper
    l.text.size = o.text > 0 ? o.text : static_cast<float>(std::clamp<Size>(whole, 16, 64));
    l.title = {.size = 1.25f * l.text.size, .bold = true};
    for (const auto& tile : tiles) label = std::max<Size>(label, text_width(tile.label, l.text));

    const auto em = static_cast<Size>(std::lround(l.text.size));
    const Size line = text_height(l.text);
    l.gap = o.gap >= 0 ? o.gap : em / 2;
    l.margin = em;
    l.cell_width = std::max(l.cell_width, std::min(4 * em, std::max(label, widest(o.column_labels, l.text))));
    const Size cell_height = height + l.gap + (label > 0 ? line : 0);
    l.columns = columns_of(static_cast<Size>(tiles.size()), l.cell_width + l.gap, cell_height, o);

    const Size row_labels = std::min(widest(o.row_labels, l.text), std::max(l.cell_width, 10 * em));
    l.left = l.margin + (row_labels > 0 ? row_labels + em / 2 : 0);
    l.title_height = o.title.empty() ? 0 : text_height(l.title) + em / 2;
    const Size title = o.title.empty() ? 0 : std::min<Size>(text_width(o.title, l.title), 24 * em);
    l.width = std::max(l.x(l.columns) - l.gap, l.margin + title) + l.margin;
    lay_out_rows(l, l.margin + l.title_height + (o.column_labels.empty() ? 0 : line + em / 8), tiles, o);
    return l;
}

/// Over white, its left upper corner at (x, y), every pixel a square.
void paste(Image& sheet, const Image& picture, Size x, Size y, Size enlarged) {
    const Size width = picture.width * enlarged, height = picture.height * enlarged;
    for (Size v = 0; v < height; ++v)
        for (Size u = 0; u < width; ++u) {
            const auto from = static_cast<std::size_t>(v / enlarged * picture.width + u / enlarged);
            const auto to = static_cast<std::size_t>((y + v) * sheet.width + x + u);
            const float alpha = picture.alpha ? (*picture.alpha)[from] : 1.0f;
            for (std::size_t c = 0; c < 3; ++c)
                sheet.rgb[3 * to + c] = picture.rgb[3 * from + c] * alpha + 1.0f - alpha;
        }
}

/// In a box so wide: `shift` 0 at its left, 1 in its middle, 2 at its right.
void write(Image& sheet, Size x, Size y, Size width, std::string_view text, const TextStyle& style, int shift) {
    const std::string fits = shortened(text, static_cast<int>(width), style);
    draw_text(sheet, static_cast<int>(x + (width - text_width(fits, style)) * shift / 2), static_cast<int>(y), fits,
              style);
}

void check(const std::vector<SheetTile>& tiles, const SheetOptions& o) {
    require(!tiles.empty(), "sheet: found no tile, expected one or more");
    require(o.columns >= 0 && o.columns <= 65535 && o.smallest >= 0 && o.smallest <= 65535 && o.gap <= 65535,
            "sheet: found {} columns, a gap of {} and tiles of at least {} pixels, expected 0 to 65535 of each",
            o.columns, o.gap, o.smallest);
    require(o.text == 0 || (o.text >= 6 && o.text <= 1024), "sheet: found text of size {}, expected 6 to 1024", o.text);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const Image& p = tiles[i].picture;
        const auto pixels = static_cast<std::size_t>(p.width) * static_cast<std::size_t>(p.height);
        require(p.width >= 0 && p.height >= 0 && p.rgb.size() == 3 * pixels && (!p.alpha || p.alpha->size() == pixels),
                "sheet: tile {} is {} x {} with {} values, expected three values a pixel", i, p.width, p.height,
                p.rgb.size());
    }
}

void check_size(const Layout& l, std::size_t tiles) {
    require(l.width <= 65535 && l.height <= 65535 && l.width * l.height <= Size{1} << 28,
            "sheet: {} tiles make {} x {} pixels, expected at most 65535 a side and 2^28 in all", tiles, l.width,
            l.height);
}

}  // namespace

void check_sheet(int tiles, int width, int height, const SheetOptions& options) {
    const SheetTile tile{.picture = {.width = width, .height = height, .rgb = {}}, .label = "label"};
    check_size(lay_out(std::vector<SheetTile>(static_cast<std::size_t>(tiles), tile), options),
               static_cast<std::size_t>(tiles));
}

Image contact_sheet(const std::vector<SheetTile>& tiles, const SheetOptions& options) {
    check(tiles, options);
    const Layout l = lay_out(tiles, options);
    const auto& rows = options.row_labels;
    const auto& columns = options.column_labels;
    require(rows.size() <= l.rows.size() && static_cast<Size>(columns.size()) <= l.columns,
            "sheet: found {} row labels and {} column labels, expected at most {} and {}, as {} tiles make",
            rows.size(), columns.size(), l.rows.size(), l.columns, tiles.size());
    check_size(l, tiles.size());
    Image sheet;
    sheet.width = static_cast<int>(l.width);
    sheet.height = static_cast<int>(l.height);
    sheet.rgb.assign(static_cast<std::size_t>(l.width * l.height * 3), 1.0f);
    sheet.gray =
        std::ranges::all_of(tiles, [](const SheetTile& tile) { return tile.picture.gray || tile.picture.rgb.empty(); });
    write(sheet, l.margin, l.margin, l.width - 2 * l.margin, options.title, l.title, 0);
    const Size line = text_height(l.text);
    for (std::size_t c = 0; c < columns.size(); ++c)
        write(sheet, l.x(static_cast<Size>(c)), l.margin + l.title_height, l.cell_width, columns[c], l.text, 1);
    for (std::size_t r = 0; r < rows.size(); ++r)
        write(sheet, l.margin, l.rows[r].top + (l.rows[r].height - line) / 2,
              l.left - l.margin - std::lround(l.text.size) / 2, rows[r], l.text, 2);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const Image& picture = tiles[i].picture;
        const Row& row = l.rows[i / static_cast<std::size_t>(l.columns)];
        const Size x = l.x(static_cast<Size>(i) % l.columns), enlarged = enlargement(picture, options.smallest);
        paste(sheet, picture, x + (l.cell_width - picture.width * enlarged) / 2,
              row.top + (row.height - picture.height * enlarged) / 2, enlarged);
        write(sheet, x, row.label, l.cell_width, tiles[i].label, l.text, 1);
    }
    return sheet;
}

}  // namespace gradus
