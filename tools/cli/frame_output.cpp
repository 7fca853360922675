#include "tools/cli/frame_output.h"

#include "tools/cli/picture_flags.h"
#include "weights/output_file.h"

namespace gradus {

void check_frame_output(const std::string& file) {
    if (!is_video(file)) return check_output(numbered(file, 1));
    usual_codec(file);
    OutputFile{file};
}

FrameOutput::FrameOutput(Options options) : o_(std::move(options)) {
    if (!is_video(o_.file)) return;
    parts_.emplace(
        o_.folder, o_.file,
        VideoFormat{
            .width = o_.size.width, .height = o_.size.height, .rate = o_.rate, .codec = o_.codec, .name = o_.file});
    parts_->check(sound({}));
}

std::optional<Sound> FrameOutput::sound(std::optional<double> seconds) const {
    if (o_.sound_of.empty()) return std::nullopt;
    return Sound{.file = o_.sound_of, .seconds = seconds};
}

void FrameOutput::keep(int index, const Image& frame) const {
    if (parts_) return parts_->keep(index, frame);
    Recipe recipe = o_.recipe;
    if (!recipe.empty()) recipe.push_back({"gradus.frame", std::to_string(index + 1)});
    save_image(numbered(o_.file, index + 1), frame, {.recipe = recipe});
}

void FrameOutput::settle(int frames) const {
    if (parts_) parts_->settle(frames);
}

void FrameOutput::finish(int frames, bool cut) const {
    if (!parts_) return;
    std::string command;
    for (const auto& [key, value] : o_.recipe)
        if (key == "gradus.command") command = value;
    parts_->join(frames, sound(cut ? std::optional(frames / o_.rate.per_second) : std::nullopt), command);
}

void FrameOutput::clear() const {
    if (parts_) parts_->clear();
}

}  // namespace gradus
