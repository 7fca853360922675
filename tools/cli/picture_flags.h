#pragma once
#include <string>

#include "tools/cli/options.h"
#include "tools/image/image.h"

namespace gradus {

/// The options of every command that writes a picture, besides the name of its file.
struct PictureFlags {
    std::string format = "auto", log = {};
    bool no_recipe = false;
    std::string write_to = {};  // for `redo`: written there, although the recipe says what the command says

    /// Where the picture goes that the command writes to `output`.
    const std::string& place(const std::string& output) const { return write_to.empty() ? output : write_to; }
    SaveFormat save_format() const;
    /// ".png" and the like, for pictures that are named here.
    const char* extension() const;
};

void add_picture_flags(Command& command, PictureFlags& flags);

/// Throws where the picture or the log cannot be written, and where a picture for standard output was to be one of
/// several: asked before a run starts. `save_every`: 0, or so many steps from one to the next.
void check_picture_flags(const std::string& command, const PictureFlags& flags, const std::string& output,
                         int save_every = 0);

/// Writes a picture with its recipe, unless that is not wanted.
void save_picture(const PictureFlags& flags, const std::string& file, const Image& picture, const Recipe& recipe = {});

/// "dream.png" and step 20 -> "dream-0020.png"
std::string numbered(const std::string& path, int step);

/// The same of the picture on its way, under the name with the number of its step, which goes into the recipe.
void save_step(const PictureFlags& flags, const std::string& file, int step, const Image& picture, Recipe recipe);

/// Gives a picture what the one that it was made of has besides its colors: tags, and transparency, at its own size.
Image with_all_of(Image made, const Image& source, int threads);

}  // namespace gradus
