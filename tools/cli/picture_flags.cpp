#include "tools/cli/picture_flags.h"

#include <filesystem>

#include "engine/require.h"
#include "tools/image/resized.h"
#include "weights/output_file.h"

namespace gradus {

SaveFormat PictureFlags::save_format() const {
    if (format == "png") return SaveFormat::png;
    if (format == "jpeg") return SaveFormat::jpeg;
    return format == "ppm" ? SaveFormat::ppm : SaveFormat::by_name;
}

const char* PictureFlags::extension() const { return format == "jpeg" ? ".jpg" : format == "ppm" ? ".ppm" : ".png"; }

std::string numbered(const std::string& path, int step) {
    const std::filesystem::path name(path);
    std::filesystem::path with_number = name.stem();
    with_number += fmt::format("-{:04}", step);
    with_number += name.extension();
    return (name.parent_path() / with_number).string();
}

void add_picture_flags(Command& command, PictureFlags& f) {
    const char* group = "Output";
    command
        .option("--output-format", f.format,
                "png, jpeg or ppm, whatever the name; auto: by the name, and png to standard output, -")
        .one_of({"auto", "png", "jpeg", "ppm"})
        .under(group);
    command.flag("--no-recipe", f.no_recipe, "leave out of the picture how it was made, and the names of files")
        .under(group);
    command.option("--log", f.log, "file to append a line of JSON to at every step").under(group);
    command.option("--write-to", f.write_to, "").under("");
}

void check_picture_flags(const std::string& command, const PictureFlags& f, const std::string& output, int save_every) {
    const std::string& place = f.place(output);
    check_output(place, f.save_format());
    require(save_every == 0 || place != standard_stream,
            "{}: was given --save-every with standard output, which takes one picture", command);
    if (!f.log.empty()) OutputFile{f.log};
}

void save_picture(const PictureFlags& f, const std::string& file, const Image& picture, const Recipe& recipe) {
    save_image(file, picture, {.recipe = f.no_recipe ? Recipe{} : recipe, .format = f.save_format()});
}

void save_step(const PictureFlags& f, const std::string& file, int step, const Image& picture, Recipe recipe) {
    recipe.push_back({"gradus.step", std::to_string(step)});
    save_picture(f, numbered(file, step), picture, recipe);
}

Image with_all_of(Image made, const Image& source, int threads) {
    made.tags = source.tags;
    if (!source.alpha) return made;
    Image alpha{.width = source.width, .height = source.height, .rgb = {}};
    alpha.rgb.reserve(3 * source.alpha->size());
    for (const float v : *source.alpha) alpha.rgb.insert(alpha.rgb.end(), 3, v);
    const Image fitting = resized(alpha, made.height, made.width, ResizeKind::antialias, threads);
    made.alpha.emplace();
    for (std::size_t i = 0; i < fitting.rgb.size(); i += 3) made.alpha->push_back(fitting.rgb[i]);
    return made;
}

}  // namespace gradus
