#pragma once
#include <functional>
#include <string>

#include "tools/cli/dream_video_flags.h"
#include "tools/cli/picture_flags.h"
#include "tools/cli/progress.h"
#include "tools/techniques/dream.h"

namespace gradus {

/// A dream of frames: what the command was given.
struct DreamVideo {
    const Command& command;
    const CommonOptions& common;
    const PictureFlags& pictures;
    const DreamVideoFlags& flags;
    const DreamOptions& dream;
    std::string photo, output, mask;
    int size = 0;
};

/// The octaves of a dream: they grow, and so does what a step takes.
std::vector<Stage> stages_of(const DreamOptions& options);

/// Dreams a video, frame by frame, each from the one before; or of a photograph the frames that follow from it when
/// each is moved and dreamed again. Writes a video, or numbered pictures. `prepare` loads the net, and settles what
/// follows from it.
///
/// throws    what the parts throw; whatever is finished until then is kept, and the same command goes on behind it
void dream_video(const DreamVideo& what, const std::function<Net()>& prepare);

}  // namespace gradus
