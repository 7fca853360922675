#pragma once
#include <string>
#include <vector>

#include "tools/image/image.h"

namespace gradus {

/// A picture of a sheet and what stands below it. Without pixels (width 0) its place stays empty.
struct SheetTile {
    Image picture = {};
    std::string label = {};
};

struct SheetOptions {
    int columns = 0;   // 0: as many as there are column labels, or as row labels ask for, or for a nearly square sheet
    int gap = -1;      // pixels between tiles; -1: half the size of the text
    int smallest = 0;  // tiles whose longer side is less are enlarged, a pixel to a square; in pixels
    float text = 0;    // size of the labels in pixels; 0: a fourteenth of the widest tile, but 16 to 64
    std::string title = {};                       // above everything
    std::vector<std::string> row_labels = {};     // left of the rows
    std::vector<std::string> column_labels = {};  // above the columns
};

/// Tiles side by side on white, row by row, with their labels: a contact sheet, or with row and column labels a grid.
/// A tile lies in the middle of its cell; all cells are as wide as the widest tile, and those of a row as high as its
/// highest. A label that does not fit is shortened with "...", but a cell is never too narrow for eight letters of it.
/// Transparency shows the white.
///
/// throws    for no tile, for one whose values are not three a pixel, for more row or column labels than rows or
///           columns, and for a sheet of more than 65535 pixels a side or 2^28 in all
Image contact_sheet(const std::vector<SheetTile>& tiles, const SheetOptions& options = {});

/// Whether a sheet of so many tiles of one size could be made: to be asked before they are.
///
/// throws    when it would be too large
void check_sheet(int tiles, int width, int height, const SheetOptions& options = {});

}  // namespace gradus
