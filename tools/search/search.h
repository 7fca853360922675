#pragma once
#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "nets/net.h"
#include "tools/image/image.h"
#include "tools/report/curve.h"
#include "tools/search/objective.h"
#include "tools/search/optimizer.h"
#include "tools/search/parametrization.h"
#include "tools/search/search_state.h"
#include "tools/search/tidy.h"
#include "tools/search/transform.h"

namespace gradus {

constexpr int gpu_looks_every = 10;

struct SearchOptions {
    Parametrization written = pixels_as_they_are();
    std::vector<Transform> transforms = {};  // in this order, between picture and net
    Optimizer optimizer = adam();
    double average = 0;  // the picture is the mean of those after all steps, each counting so much less than the next
    std::function<Var(Var gradient, Var step)> smooth = {};  // what to make of a gradient before it is followed
    std::vector<Tidy> tidies = {};                           // after every step, in this order; of pixels
    int steps = 512;
    std::optional<double> until = {};  // stop a picture where what is wanted of it has come so far
    int redirected = 0;                // so many first steps let gradients through dead ReLUs
    std::optional<Image> around = {};  // with a mask: the picture that stays where the mask is black
    std::optional<Image> mask = {};
    std::uint64_t seed = 0;
    int first_item = 0;  // the number of the first picture: its random numbers follow from it
    DType activations = DType::f32;
    /// So many steps are done before the host looks at what they did. Unless told: `gpu_looks_every` on a GPU, whose
    /// queue a look makes run dry, else 1.
    std::optional<int> look_every = {};
    /// Bytes for all that the search keeps and computes, besides the net's weights; 0: as many as it wants. Where they
    /// are too few for the whole picture at once, the net sees it in parts, and comes to the same.
    std::size_t memory = 0;
    std::array<int, 2> parts = {0, 0};  // or in so many rows and columns of parts, whatever the memory
    bool profile = false;
};

/// Why a search ended. The last three: an optimizer that looks along lines found no way on.
enum class SearchEnd { steps, reached, not_finite, stopped, no_slope, no_change, nothing_better };

struct SearchResult {
    Image picture;
    SearchEnd end = SearchEnd::steps;
    int steps = 0;                    // that moved the picture
    int evaluations = 0;              // of the objective; more than steps where an optimizer looks along lines
    std::vector<StepReport> profile;  // of the plan of the last step, where asked for: with the first picture
    std::deque<TimedRun> timed_runs;  // the same
    std::vector<Curve> curves;        // the objective, what is wanted, the norm of the gradient, then each term:
                                      // before each step; along lines, behind the last one, too
};

/// What whoever watches may look at; several steps may lie between two looks.
struct SearchLook {
    int done = 0, steps = 0;
    double objective = 0;  // of all pictures together, before the last step; along lines, behind it
    const std::function<Image(int item)>& picture;
    bool last = false;  // the search ends here, whatever the watcher says
    const std::function<SearchState()>& state;
    std::size_t memory = 0;  // bytes, as Search::memory() says
};
/// Returns false to stop; the pictures are then as they are.
using SearchWatcher = std::function<bool(const SearchLook&)>;

/// The loop that every technique is made of. Pictures, one for each objective, are decoded, transformed, shown to the
/// net, and moved up the gradient of what is wanted of them; each by itself, with a state and random numbers of its
/// own, so that a picture of a batch takes the path it takes alone.
///
/// Every step is one run of a plan, and everything that changes lies in tensors on the device. A picture whose
/// objective or gradient is not finite, or that has reached `until`, is frozen there at once, as it was before that
/// step, although the host looks only now and then.
///
/// With an optimizer that looks along lines, a picture has a plan of its own, and a step is as many runs of it as the
/// optimizer asks for. Pictures take turns, step by step, and each stops when it has come to its end.
class Search {
public:
    /// throws    what recording the net and the objectives throws; when the pictures do not fit the net; for what does
    ///           not go with an optimizer that looks along lines (wolfe_item.h)
    Search(const Net& net, std::vector<Objective> objectives, int height, int width, SearchOptions options,
           const PlanOptions& plans);
    ~Search();
    Search(Search&&) noexcept;

    /// A start: from noise, which follows from the seed, or from a picture of the size of this search.
    void start_from_noise();
    void start_from(int item, const Image& picture);
    /// Another picture that stays where the mask is black; of the size of this search, which has a mask.
    void stay_around(int item, const Image& picture);

    /// Everything that a search of the same options needs to go on from here with the same bytes: numbers, step, why
    /// it is frozen, curves, what the optimizer remembers. Random numbers follow from the step. Where no step is left
    /// to take, the optimizer's part is left out.
    ///
    /// throws    where the optimizer looks along lines
    SearchState state() const;
    /// The next run() goes on from such a state, which may come from anybody.
    ///
    /// throws    "run.ckpt: found no tensor ..."; for names, types, shapes and values that no such search leaves
    void restore(const SearchState& state);

    /// All steps. May be called again: goes on from where the pictures are, with everything else at its start.
    std::vector<SearchResult> run(const SearchWatcher& watch = {});

    Image picture(int item) const;
    /// The same without the mask: what the next size of a picture starts from, so that it is masked once, not again.
    Image picture_without_mask(int item) const;
    MemoryReport memory() const;
    /// Into how many parts the picture is cut: {1, 1} where the net sees the whole.
    std::array<int, 2> parts() const;
    /// How many pairs the optimizer remembers, which memory may have made fewer; 0 where it remembers none.
    int history() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// "reached" and the like, for messages.
std::string_view to_string(SearchEnd end);

}  // namespace gradus
