#include "tools/cli/dream_video_flags.h"

#include <cmath>
#include <cstdio>

#include "engine/require.h"
#include "tools/cli/given.h"
#include "tools/video/video_reader.h"

namespace gradus {
namespace {

const std::vector<std::string> of_motion = {"--zoom", "--rotate", "--translate"};

/// What goes with one picture only.
const std::vector<std::string> not_of_frames = {"--report", "--save-every", "--checkpoint",    "--checkpoint-every",
                                                "--resume", "--profile",    "--output-format", "--write-to"};

}  // namespace

void add_dream_video_flags(Command& command, DreamVideoFlags& f) {
    const char* group = "Videos, with ffmpeg";
    command
        .option("--frames", f.frames,
                "so many: dream the photograph, move it, dream it again; of a video at most so many")
        .within(0, 1 << 20)
        .under(group);
    command.option("--zoom", f.zoom, "magnified so much from one frame to the next").within(0.1, 10.0).under(group);
    command.option("--rotate", f.rotate, "turned so much, in degrees counterclockwise")
        .within(-180.0, 180.0)
        .under(group);
    command.option("--translate", f.translate, "moved so much: RIGHT,DOWN in pixels").under(group);
    command.option("--blend", f.blend, "share of a video's next frame in what is dreamed, beside the dream before it")
        .within(0.0, 1.0)
        .under(group);
    command.option("--fps", f.fps, "frames per second (0: as the video has, 30 for a photograph)")
        .within(0.0, 1000.0)
        .under(group);
    command
        .option("--codec", f.codec, "ffmpeg's codec, such as libx265 or ffv1 (default: libx264, of .webm libvpx-vp9)")
        .under(group);
}

const std::vector<std::string>& dream_video_options() {
    static const std::vector<std::string> all = {"--frames", "--zoom", "--rotate", "--translate",
                                                 "--blend",  "--fps",  "--codec"};
    return all;
}

std::vector<std::string> unsaid_in_frames(bool of_video) {
    std::vector<std::string> all = not_of_frames;
    const std::vector<std::string> of_photograph = {"--blend"}, &more = of_video ? of_motion : of_photograph;
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

Motion motion_of(const DreamVideoFlags& f) {
    Motion motion{.zoom = f.zoom, .degrees = f.rotate};
    int used = 0;
    require(std::sscanf(f.translate.c_str(), "%f,%f%n", &motion.right, &motion.down, &used) == 2 &&
                used == static_cast<int>(f.translate.size()) && std::isfinite(motion.right) &&
                std::isfinite(motion.down),
            "dream: \"{}\" is not a shift, expected --translate RIGHT,DOWN in pixels", f.translate);
    return motion;
}

bool makes_frames(const Command& command, const DreamVideoFlags& f, const std::string& photo,
                  const std::string& output) {
    const bool video = is_video(photo);
    if (!video && f.frames == 0) {
        require(!is_video(output), "dream: a video of a photograph needs --frames, their number; {} is one", output);
        require_not_given(command, dream_video_options(), "no --frames, which makes a video of a photograph");
        return false;
    }
    require_not_given(command, not_of_frames, "frames, which go on by themselves from the folder OUTPUT.parts");
    if (video) require_not_given(command, of_motion, "a video, which moves by itself");
    if (!video) require_not_given(command, {"--blend"}, "a photograph, expected a video");
    require(output != standard_stream, "dream: was given frames and standard output, which takes one picture");
    if (!is_video(output)) require_not_given(command, {"--codec"}, "pictures to write, expected a video");
    return true;
}

}  // namespace gradus
