#pragma once
#include <string>
#include <vector>

#include "tools/cli/common.h"
#include "tools/image/moved.h"

namespace gradus {

/// What is said of frames, beside what is said of each dream.
struct DreamVideoFlags {
    int frames = 0;                  // of a photograph; at most so many of a video; 0: one picture, all of it
    float zoom = 1.05f, rotate = 0;  // from one frame to the next; in degrees, counterclockwise
    std::string translate = "0,0";   // the same: RIGHT,DOWN in pixels
    float blend = 0.5f;              // how much of a video's next frame is shown to the net
    double fps = 0;                  // 0: as the video, 30 for a photograph
    std::string codec = {};          // of ffmpeg; empty: the usual one of the file's ending
};

void add_dream_video_flags(Command& command, DreamVideoFlags& flags);

/// These options by name: a picture's recipe does without them.
const std::vector<std::string>& dream_video_options();

/// The same of a recipe of frames, of a video or of a photograph: those whose defaults would be refused.
std::vector<std::string> unsaid_in_frames(bool of_video);

/// How a frame comes from the one before.
///
/// throws    "dream: "2" is not a shift, expected --translate RIGHT,DOWN in pixels"
Motion motion_of(const DreamVideoFlags& flags);

/// Whether frames are to be made, rather than one picture; refuses what does not go with it.
///
/// throws    "dream: was given --zoom with no --frames, which makes a video of a photograph"; for a video to be made of
///           a photograph without --frames
bool makes_frames(const Command& command, const DreamVideoFlags& flags, const std::string& photo,
                  const std::string& output);

}  // namespace gradus
