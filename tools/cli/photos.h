#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tools/cli/picture_flags.h"
#include "tools/image/image.h"

namespace gradus {

/// One photograph of a command, and the picture that it becomes.
struct Photograph {
    std::string file, output;
    Image image;
    bool of_folder = false;
};

/// What a command was given: a photograph and a picture to write, or a folder of photographs and one to write into,
/// where pictures keep their names, as PNG unless another format was asked for.
struct PhotoArguments {
    std::string command, photo, output;
    const PictureFlags& pictures;
    int save_every = 0;
    bool quiet = false;
    /// Options that name one file, with what they were given: not for a folder.
    std::vector<std::pair<std::string, std::string>> for_one = {};
};

/// Calls `prepare` once, for what all photographs need, then `work` for each photograph. A failure in a folder is told
/// on stderr and does not end the others; at the end a line says how many there were.
///
/// throws    for one photograph, what load_image, check_picture_flags and `work` throw; for a folder, at the end,
///           "dream: 3 of 40 failed: "a.jpg", ..."; where two would become one, or the pictures would go among the
///           photographs
void each_photograph(const PhotoArguments& arguments, const std::function<void()>& prepare,
                     const std::function<void(const Photograph&)>& work);

/// "a.jpg", "b.jpg" and 3 others
std::string quoted_list(const std::vector<std::string>& names);

}  // namespace gradus
