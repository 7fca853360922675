#pragma once
// A picture of a search whose optimizer looks along lines.
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tools/search/item.h"
#include "tools/search/lbfgs_search.h"

namespace gradus {

/// Refuses what would make the picture's objective another one between two looks at it: transforms, and all that moves
/// the picture, or bends its gradient, besides the optimizer.
void check_along_lines(const SearchOptions& options);

/// One picture on its way, in a plan of its own that evaluates it and writes the slope: how often a step asks for that
/// is the picture's own affair, so pictures cannot share a batch.
///
/// cost      a forward and an input-gradient pass per evaluation; a picture's memory as lbfgs_search.h says
class WolfeItem {
public:
    /// Item and options stay where they are as long as this is there.
    ///
    /// throws    what recording throws; when the objective follows the steps, or compares pictures of a batch
    WolfeItem(const Net& net, const SearchItem& item, const SearchOptions& options, int height, int width,
              const PlanOptions& plans);

    /// A run begins: looks at the picture as it is.
    void begin();
    /// Whether the picture moved; where it did not, it has come to its end.
    bool step();
    /// Nothing: it goes on.
    std::optional<SearchEnd> end() const { return end_; }
    /// Of the picture as it is now.
    double objective() const { return rows_.back()[note_objective]; }
    /// What has come of it so far, but for the picture.
    SearchResult result(bool stopped) const;
    Plan& plan() const { return *plan_; }

private:
    double evaluate();
    void moved();

    const SearchItem& item_;
    const SearchOptions& options_;
    PlanOptions plans_;
    Tensor gradient_;
    Graph graph_;
    std::vector<Var> numbers_;  // in the columns of the notes
    std::unique_ptr<Plan> plan_;
    std::unique_ptr<LbfgsSearch> search_;
    int looked_ = 0;                         // evaluations before this step
    std::vector<std::vector<double>> seen_;  // the numbers of this step's evaluations
    std::vector<std::vector<double>> rows_;  // of the start, and of where each step ended
    std::optional<SearchEnd> end_;
};

/// A look at all pictures after a step: their objectives' sum, and whether they have all come to their end. False to
/// stop.
using StepLook = std::function<bool(int done, double objective, bool last)>;

/// All pictures from where they are to their ends, by turns, a step each. Whether a look stopped them.
bool run_by_turns(const std::vector<std::unique_ptr<WolfeItem>>& items, const StepLook& look);

}  // namespace gradus
