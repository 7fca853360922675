#include "tools/cli/dream_video.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>

#include "engine/require.h"
#include "tools/cli/frame_output.h"
#include "tools/cli/frame_run.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_settings.h"
#include "tools/cli/sized.h"
#include "tools/image/moved.h"
#include "tools/image/periodic.h"
#include "tools/image/pictures_read.h"
#include "tools/search/mask.h"
#include "tools/tell.h"
#include "tools/video/video_reader.h"
#include "weights/input_file.h"
#include "weights/output_file.h"
#include "weights/sha256.h"

namespace gradus {
namespace {

constexpr int most_frames = 1 << 20;

/// What the frames come from: a photograph, or a video.
struct Source {
    int width = 0, height = 0;
    std::optional<Image> photo = {};
    std::optional<VideoInfo> video = {};
    FrameRate rate = {};
    int frames = 0;  // as far as is known; 0: it is not
};

Source source_of(const DreamVideo& v) {
    Source source;
    if (is_video(v.photo)) {
        source.video = video_info(v.photo);
        source.width = source.video->width;
        source.height = source.video->height;
        source.rate = source.video->rate;
    } else {
        source.photo = load_image(v.photo);
        source.width = source.photo->width;
        source.height = source.photo->height;
    }
    const double rate = source.rate.per_second;
    if (v.flags.fps > 0) source.rate = {fmt::format("{}", v.flags.fps), v.flags.fps};
    source.frames = v.flags.frames;
    if (source.video && source.video->frames) {
        // Of what a file says: it may be any number.
        const double said = std::round(*source.video->frames * source.rate.per_second / rate);
        const int all = static_cast<int>(std::min(said, static_cast<double>(most_frames)));
        source.frames = source.frames > 0 ? std::min(source.frames, all) : all;
    }
    return source;
}

/// As of a run of one picture; but the number of frames may change from one run to the next.
RunSettings settings_of(const DreamVideo& v, const Net& net, const Source& source, const DreamOptions& o) {
    RunSettings settings = run_settings(v.command, v.common, net,
                                        {{"photo", source.photo ? &*source.photo : nullptr},
                                         {"--guide", o.guide ? &*o.guide : nullptr},
                                         {"--mask", o.mask ? &*o.mask : nullptr}});
    std::erase_if(settings, [](const auto& setting) { return setting.first == "--frames"; });
    if (source.video)
        for (auto& [name, value] : settings)
            if (name == "photo") value = fmt::format("SHA-256 {}", sha256(MappedFile(v.photo, "a video").bytes()));
    return settings;
}

/// For the progress, which counts no further.
int counted(std::int64_t steps) {
    return static_cast<int>(std::min<std::int64_t>(steps, std::numeric_limits<int>::max()));
}

/// before + share (frame - before)
Image blended(const Image& before, Image frame, float share) {
    for (std::size_t i = 0; i < frame.rgb.size(); ++i)
        frame.rgb[i] = before.rgb[i] + share * (frame.rgb[i] - before.rgb[i]);
    return frame;
}

/// What the net is shown, frame by frame.
class Frames {
public:
    Frames(const DreamVideo& v, const Source& source, PictureSize size, int first)
        : v_(v), source_(source), size_(size), motion_(motion_of(v.flags)) {
        if (source.video) reader_.emplace(v.photo, *source.video, source.rate, first);
    }

    /// Number `index`, after the dream before it; none where a video is over.
    std::optional<Image> next(int index, const Image& before) {
        const int threads = v_.common.threads;
        if (!reader_)
            return index == 0
                       ? fit(sized(*source_.photo, v_.size, threads))
                       : moved(before, motion_, v_.dream.tileable ? Beyond::repeated : Beyond::mirrored, threads);
        std::optional<Image> frame = reader_->next();
        if (!frame) return frame;
        Image fitting = fit(*frame);
        return index == 0 ? fitting : blended(before, std::move(fitting), v_.flags.blend);
    }

private:
    /// As a picture of the photograph's or the video's size becomes what is dreamed.
    Image fit(const Image& picture) const {
        const Image fitting = sized(picture, v_.size, v_.common.threads);
        if (!v_.dream.tileable)
            return resized(fitting, size_.height, size_.width, ResizeKind::bilinear, v_.common.threads);
        return resized_tile(periodic_part(fitting, v_.common.threads), size_.height, size_.width, v_.common.threads);
    }

    const DreamVideo& v_;
    const Source& source_;
    PictureSize size_;
    Motion motion_;
    std::optional<VideoReader> reader_ = {};
};

}  // namespace

std::vector<Stage> stages_of(const DreamOptions& o) {
    std::vector<Stage> stages;
    for (int i = 0; i < o.octaves; ++i)
        stages.push_back({o.steps, std::pow(static_cast<double>(o.octave_scale), 2.0 * (i + 1 - o.octaves))});
    return stages;
}

void dream_video(const DreamVideo& v, const std::function<Net()>& prepare) {
    check_frame_output(v.output);
    if (!v.pictures.log.empty()) OutputFile{v.pictures.log};
    const Source source = source_of(v);
    const Net net = prepare();
    DreamOptions o = v.dream;
    if (!v.mask.empty()) o.mask = load_mask(v.mask, source.width, source.height, v.photo);
    const Image blank{.width = source.width, .height = source.height, .rgb = {}};
    const PictureSize start =
        v.size > 0 ? size_with_longer_side(blank, v.size) : PictureSize{source.height, source.width};
    Dreamer dreamer(net, start.height, start.width, o, plan_options(v.common));

    FrameRun run(v.output, settings_of(v, net, source, o));
    const PictureSize size = dreamer.size();
    require(run.done() == 0 || (run.last().width == size.width && run.last().height == size.height),
            "{}: holds a frame of {}x{}, expected {}x{}; remove the folder to begin anew", run.folder().string(),
            run.last().width, run.last().height, size.width, size.height);
    const int limit = v.flags.frames;
    require(limit == 0 || run.done() <= limit, "{}: holds {} frames, expected at most the {} of --frames",
            run.folder().string(), run.done(), limit);
    if (source.video) note_picture_read(v.photo, MappedFile(v.photo, "a video").bytes());
    Recipe recipe;
    if (!v.pictures.no_recipe) recipe = recipe_of(v.command, v.common, net, unsaid_in_frames(source.video.has_value()));
    const FrameOutput output({.file = v.output,
                              .folder = run.folder(),
                              .size = size,
                              .rate = source.rate,
                              .codec = v.flags.codec,
                              .sound_of = source.video && source.video->sound ? v.photo : std::string(),
                              .recipe = recipe});
    if (run.done() == 0) output.clear();
    output.settle(run.done());
    catch_interrupts();

    Frames frames(v, source, size, run.done());
    const int from = run.done();
    const std::int64_t steps = std::int64_t{o.octaves} * o.steps;
    Progress progress({.what = "dream",
                       .stages = stages_of(o),
                       .steps = counted(std::max(1, source.frames - from) * steps),
                       .quiet = v.common.quiet,
                       .log = v.pictures.log,
                       .about = v.photo});
    bool over = false;
    while (!over && !interrupted() && (limit == 0 || run.done() < limit)) {
        const int index = run.done();
        const std::optional<Image> shown = frames.next(index, run.last());
        over = !shown;
        if (over) break;
        const DreamResult made = dreamer.dream(*shown, [&](const DreamStep& s) {
            progress.step(counted((index - from) * steps + std::int64_t{s.octave} * o.steps + s.step + 1),
                          source.frames > 0 ? fmt::format("frame {}/{}", index + 1, source.frames)
                                            : fmt::format("frame {}", index + 1),
                          s.objective, s.look.memory);
            return !interrupted();
        });
        require(made.end != SearchEnd::not_finite,
                "dream: the objective or its gradient was not finite in frame {}; a smaller --step may help",
                index + 1);
        if (interrupted()) break;
        output.keep(index, made.picture);
        run.did(made.picture);
        output.settle(run.done());
    }
    progress.finish();
    const int done = run.done();
    if (interrupted()) {
        if (!v.common.quiet && done > 0)
            tell("{}: {} frames are kept in {}; the same command goes on\n", v.output, done, run.folder().string());
        return;
    }
    require(done > 0, "{}: found no frame, expected one", v.photo);
    output.finish(done, limit > 0);
    run.clear();
    output.clear();
    if (!v.common.quiet) tell("{}: {} frames of {}x{}\n", v.output, done, size.width, size.height);
}

}  // namespace gradus
