#pragma once
#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/image/image.h"
#include "tools/image/resized.h"
#include "tools/search/search.h"
#include "tools/search/weighted_layer.h"

namespace gradus {

struct DreamOptions {
    std::vector<WeightedLayer> layers = {{"inception_4c/output", 1}};  // to amplify
    int octaves = 4;                                                   // sizes, smallest first
    float octave_scale = 1.4f;                                         // from one size to the next
    int steps = 10;                                                    // per octave
    float step = 1.5f;                // mean change of a pixel value in one step, in 1/255
    int jitter = 32;                  // largest random shift, in pixels
    bool whole = false;               // carry the whole picture to the next size instead of the detail that was added
    int channel = -1;                 // amplify this channel only
    int row = -1, column = -1;        // amplify this position only, in the layer's own grid
    float smoothing = 0;              // blur the gradient, starting with this many pixels more than none; 0: never
    std::optional<Image> guide = {};  // amplify what this picture shows instead of what is there
    std::optional<Image> mask = {};   // where it is black the photograph stays; of any size, laid over it
    /// What is added can be laid side by side with itself: the net sees, past an edge, what lies at the opposite one.
    /// Sides are rounded to the stride of the layers.
    bool tileable = false;
    bool original_colors = false;  // the dream's brightness with the colors of the photograph
    std::size_t memory = 0;        // bytes besides the weights, for everything; 0: as many as it takes
    std::uint64_t seed = 0;
    DType activations = DType::f32;
    std::optional<int> look_every = {};  // as SearchOptions has it
    /// Of a run before, a state for each octave that it began: go on there. Empty: from the start.
    std::vector<SearchState> from = {};
};

/// What a step left behind, for whoever watches.
struct DreamStep {
    int octave = 0, step = 0;  // both from 0
    int width = 0, height = 0;
    std::array<int, 2> parts = {1, 1};  // as Search has them
    double objective = 0;               // before the step
    const std::function<Image()>& picture;
    const SearchLook& look;  // at the search of this octave
};

/// Returns false to stop early; the dream then ends with the picture as it is.
using DreamWatcher = std::function<bool(const DreamStep&)>;

struct DreamResult {
    Image picture;
    std::vector<std::pair<double, double>> objectives;  // per octave: at its first and its last step
    std::vector<Curve> curves;                          // per octave: the objective at each step
    SearchEnd end = SearchEnd::steps;                   // not_finite: the picture is the last good one
    int steps = 0;                                      // that moved it
    MemoryReport memory;
    std::vector<StepReport> profile;  // of the largest size, where asked for
    std::deque<TimedRun> timed_runs;  // the same
};

/// Dreams of pictures of one size, such as the frames of a video. All sizes are planned once and share one arena: a
/// picture costs its steps and nothing else, and becomes what it becomes alone. Where memory is scarce each size is
/// planned when its turn comes, so that none keeps what another needs.
///
/// throws    as dream does
class Dreamer {
public:
    Dreamer(const Net& net, int height, int width, const DreamOptions& options, PlanOptions plans,
            bool profile = false);

    DreamResult dream(const Image& photo, const DreamWatcher& watch = {});
    /// Of what it makes: that of the photographs, or with `tileable` the nearest that can be laid side by side.
    PictureSize size() const { return sizes_.back(); }

private:
    Image at_size(const Image& picture, PictureSize size) const;
    Search planned(int octave) const;

    DreamOptions options_;
    Net net_;
    PlanOptions plans_;
    bool profile_ = false;
    std::vector<Tensor> guides_ = {};
    std::vector<PictureSize> sizes_ = {};  // smallest first
    std::vector<Search> octaves_ = {};     // all of them, or none where each has its turn
};

/// DeepDream: changes a picture until a layer of a network answers more strongly to it, at several sizes, coarse to
/// fine.
///
/// units     objective: half the mean square of each layer's values, weighted; picture 0..1
/// cost      octaves * steps forward and input-gradient passes
/// throws    unknown layer, channel or position outside the layer, a picture too small for the net at the smallest size
/// paper     Mordvintsev, Olah & Tyka 2015, Inceptionism
DreamResult dream(const Net& net, const Image& photo, const DreamOptions& options, PlanOptions plans,
                  bool profile = false, const DreamWatcher& watch = {});

}  // namespace gradus
