#include "tools/image/sheet.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "tests/error.h"
#include "tools/image/crop.h"

using namespace gradus;

namespace {

using Color = std::array<float, 3>;

Image filled(int width, int height, const Color& color) {
    Image image{width, height, {}, {}, false};
    for (int i = 0; i < width * height; ++i) image.rgb.insert(image.rgb.end(), color.begin(), color.end());
    return image;
}

Color at(const Image& image, int x, int y) {
    const auto i = 3 * static_cast<std::size_t>(y * image.width + x);
    return {image.rgb[i], image.rgb[i + 1], image.rgb[i + 2]};
}

/// The smallest box around the pixels that are so: left, top, width, height.
template <class F>
std::array<int, 4> box(const Image& image, const F& is) {
    int left = image.width, top = image.height, right = -1, bottom = -1;
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x) {
            if (!is(at(image, x, y))) continue;
            left = std::min(left, x);
            top = std::min(top, y);
            right = std::max(right, x);
            bottom = std::max(bottom, y);
        }
    return {left, top, right - left + 1, bottom - top + 1};
}

std::array<int, 4> box_of(const Image& image, const Color& color) {
    return box(image, [&](const Color& c) { return c == color; });
}

/// Of everything gray and not white: what was written.
std::array<int, 4> writing(const Image& image) {
    return box(image, [](const Color& c) { return c[0] == c[1] && c[1] == c[2] && c[0] < 0.9f; });
}

constexpr Color red{1, 0, 0}, green{0, 1, 0}, blue{0, 0, 1}, white{1, 1, 1};

}  // namespace

TEST_SUITE("sheet") {
    TEST_CASE("has no more columns than tiles, and says before there are any that it would be too large") {
        Image tile{.width = 20, .height = 20, .rgb = std::vector<float>(20 * 20 * 3, 0.5f)};
        const std::vector<SheetTile> tiles(3, {tile, ""});
        CHECK(contact_sheet(tiles, {.columns = 500}).width == contact_sheet(tiles, {.columns = 3}).width);
        check_sheet(64, 224, 224);
        check_sheet(64, 224, 224, {.columns = 1000});
        CHECK_ERROR(check_sheet(512, 768, 768), "512 tiles make");
        CHECK_ERROR(check_sheet(400, 224, 224, {.columns = 400}), "expected at most 65535 a side");
    }
    TEST_CASE("tiles follow row by row, as far apart as the gap says, on white") {
        const Image sheet = contact_sheet({{filled(10, 6, red)}, {filled(10, 6, green)}, {filled(10, 6, blue)}},
                                          {.columns = 2, .gap = 3});
        CHECK(sheet.width == 16 + 10 + 3 + 10 + 16);
        CHECK(sheet.height == 16 + 6 + 3 + 6 + 16);
        CHECK(box_of(sheet, red) == std::array{16, 16, 10, 6});
        CHECK(box_of(sheet, green) == std::array{29, 16, 10, 6});
        CHECK(box_of(sheet, blue) == std::array{16, 25, 10, 6});
        CHECK(at(sheet, 0, 0) == white);
        CHECK(at(sheet, 30, 26) == white);
    }
    TEST_CASE("a tile lies in the middle of its cell; one without pixels leaves it empty") {
        const Image sheet = contact_sheet({{filled(20, 8, red)}, {}, {filled(6, 30, blue)}}, {.columns = 3, .gap = 0});
        CHECK(box_of(sheet, red) == std::array{16, 16 + 11, 20, 8});
        CHECK(box_of(sheet, blue) == std::array{16 + 40 + 7, 16, 6, 30});
        CHECK(sheet.width == 16 + 60 + 16);
    }
    TEST_CASE("a row is as high as its highest tile, and only those with labels have a place for some") {
        const Image sheet = contact_sheet({{filled(9, 5, red)}, {filled(9, 30, green), "x"}, {filled(9, 7, blue)}},
                                          {.columns = 1, .gap = 4});
        CHECK(box_of(sheet, red)[1] == 16);
        CHECK(box_of(sheet, green)[1] == 16 + 5 + 4);
        CHECK(writing(sheet)[1] >= 25 + 30);
        CHECK(writing(sheet)[1] + writing(sheet)[3] <= box_of(sheet, blue)[1]);
        CHECK(sheet.height == box_of(sheet, blue)[1] + 7 + 16);
    }
    TEST_CASE("transparency shows the white") {
        Image half = filled(4, 4, red);
        half.alpha.emplace(16, 0.5f);
        CHECK(at(contact_sheet({{half}}), 17, 17) == Color{1, 0.5f, 0.5f});
    }
    TEST_CASE("small tiles are enlarged, a pixel to a square") {
        Image two = filled(2, 1, red);
        two.rgb[3] = 0;
        two.rgb[4] = 1;
        const Image sheet = contact_sheet({{two}, {filled(10, 10, blue)}}, {.columns = 2, .gap = 0, .smallest = 9});
        CHECK(box_of(sheet, red) == std::array{16, 18, 5, 5});
        CHECK(box_of(sheet, green) == std::array{21, 18, 5, 5});
        CHECK(box_of(sheet, blue) == std::array{26, 16, 10, 10});
    }
    TEST_CASE("labels stand below their tiles, in the middle, and within the width of the cell") {
        const auto label_at = [](const std::string& label) {
            return writing(contact_sheet({{filled(100, 40, red), label}}, {}));
        };
        const auto [left, top, width, height] = label_at("tabby cat");
        CHECK(top >= 16 + 40);
        CHECK(height >= 10);
        CHECK(std::abs(left + left + width - 2 * (16 + 50)) <= 3);
        const auto longer = label_at("a label that is much too long for this");
        CHECK(longer[0] >= 16);
        CHECK(longer[0] + longer[2] <= 116);
        CHECK(longer[2] > 85);
    }
    TEST_CASE("labels can be read whatever the tiles: narrow cells widen, large tiles get large letters") {
        const Image narrow = contact_sheet({{filled(5, 5, red), "conv1_1"}, {filled(5, 5, blue), "x"}}, {.columns = 2});
        CHECK(writing(narrow)[2] > 50);
        const Image large = contact_sheet({{filled(672, 100, red), "x"}});
        CHECK(writing(large)[3] > 2 * writing(contact_sheet({{filled(100, 100, red), "x"}}))[3]);
        CHECK(writing(contact_sheet({{filled(100, 100, red), "x"}}, {.text = 48}))[3] == writing(large)[3]);
    }
    TEST_CASE("title, column labels and row labels stand above and to the left") {
        const std::vector<SheetTile> tiles(6, SheetTile{filled(80, 50, red)});
        const Image plain = contact_sheet(tiles, {.columns = 3});
        const Image rows = contact_sheet(tiles, {.row_labels = {"relu1_1", "relu2_1"}});
        CHECK(rows.height == plain.height);
        CHECK(rows.width > plain.width);
        const auto left_of = writing(rows);
        CHECK(left_of[0] + left_of[2] <= box_of(rows, red)[0]);
        const Image columns = contact_sheet(tiles, {.column_labels = {"a", "b", "c"}});
        CHECK(columns.width == plain.width);
        CHECK(columns.height > plain.height);
        const auto above = writing(columns);
        CHECK(above[1] + above[3] <= box_of(columns, red)[1]);
        CHECK(above[2] > 2 * 80);  // one over each
        const Image title = contact_sheet(tiles, {.columns = 3, .title = "Layers"});
        CHECK(title.width == plain.width);
        CHECK(writing(title)[1] + writing(title)[3] <= box_of(title, red)[1]);
        CHECK(std::abs(writing(title)[0] - 16) <= 2);
    }
    TEST_CASE("a long title widens a narrow sheet, and is shortened where it would be too wide") {
        const Image sheet = contact_sheet({{filled(10, 10, red)}}, {.title = std::string(200, 'w')});
        CHECK(sheet.width == 2 * 16 + 24 * 16);
        CHECK(writing(sheet)[0] + writing(sheet)[2] <= sheet.width - 16);
    }
    TEST_CASE("without columns asked for, a sheet is nearly square") {
        for (const int n : {1, 2, 4, 5, 9, 12, 30, 100}) {
            CAPTURE(n);
            const std::vector<SheetTile> tiles(static_cast<std::size_t>(n), SheetTile{filled(16, 16, red), "x"});
            const Image sheet = contact_sheet(tiles);
            CHECK(sheet.width <= 2.1 * sheet.height);
            CHECK(sheet.height <= 2.1 * sheet.width);
        }
    }
    TEST_CASE("gray tiles make a gray sheet") {
        Image tile = filled(4, 4, {0.5f, 0.5f, 0.5f});
        tile.gray = true;
        CHECK(contact_sheet({{tile, "a"}, {}}).gray);
        CHECK(!contact_sheet({{tile, "a"}, {filled(4, 4, red)}}).gray);
    }
    TEST_CASE("what makes no sheet is refused in a sentence") {
        const std::vector<SheetTile> tiles(3, SheetTile{filled(4, 4, red)});
        CHECK_ERROR(contact_sheet({}), "sheet: found no tile, expected one or more");
        CHECK_ERROR(contact_sheet(tiles, {.columns = -1}), "sheet: found -1 columns");
        CHECK_ERROR(contact_sheet(tiles, {.text = 2}), "sheet: found text of size 2, expected 6 to 1024");
        CHECK_ERROR(contact_sheet(tiles, {.columns = 2, .row_labels = {"a", "b", "c"}}),
                    "sheet: found 3 row labels and 0 column labels, expected at most 2 and 2, as 3 tiles make");
        CHECK_ERROR(contact_sheet(tiles, {.columns = 1, .column_labels = {"a", "b"}}), "expected at most 3 and 1");
        CHECK_ERROR(contact_sheet(tiles, {.columns = 3, .smallest = 30000}), "expected at most 65535 a side");
        CHECK_ERROR(contact_sheet({{Image{2, 2, {0}, {}, false}}}),
                    "sheet: tile 0 is 2 x 2 with 1 values, expected three values a pixel");
    }
}
