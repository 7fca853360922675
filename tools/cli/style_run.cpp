#include "tools/cli/style_run.h"

#include <fmt/format.h>

#include <chrono>

#include "engine/require.h"
#include "tools/cli/checkpoints.h"
#include "tools/cli/memory_flag.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"

namespace gradus {

void run_style(const StyleRun& r,
               const std::function<StyleResult(std::vector<SearchState>, const StyleWatcher&)>& work) {
    const std::string name = r.command.name();
    const bool quiet = r.common.quiet;
    Checkpoints checkpoints(r.search.checkpoints, r.settings, static_cast<int>(r.stages.size()), quiet);
    catch_interrupts();
    Progress progress(name, r.steps, quiet);
    const auto start = std::chrono::steady_clock::now();
    int history = r.search.history;
    StyleResult result = work(checkpoints.resumed(), [&](const StyleStep& s) {
        if (s.history > 0 && s.history < history && !quiet) {
            progress.finish();
            fmt::print(stderr, "{}: at {}x{}, {} remembers {} pairs instead of {}, for want of memory\n", name, s.width,
                       s.height, r.search.optimizer, s.history, history);
            history = s.history;
        }
        progress.step(s.done, fmt::format("{}x{}{}", s.width, s.height, in_parts(s.parts[0], s.parts[1])),
                      -s.look.objective);
        if (r.search.save_every > 0 && s.done % r.search.save_every == 0)
            save_image(numbered(r.photo.output, s.done), s.picture());
        checkpoints.step(s.size, s.look);
        return !interrupted();
    });
    progress.finish();
    checkpoints.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    Recipe recipe = recipe_of(r.command, r.common, r.unsaid);
    recipe.push_back({"gradus.weights.sha256", r.net.weights().sha256()});
    if (r.photo.of_folder) recipe.push_back({"gradus.photo", r.photo.file});
    std::vector<Plot> plots;
    for (std::size_t i = 0; i < result.curves.size(); ++i) {
        const std::vector<double>& loss = result.curves[i][0].values;
        const std::string change = fmt::format("{:.6g} -> {:.6g}", loss.front(), loss.back());
        recipe.push_back({fmt::format("gradus.loss.{}", i + 1), change});
        if (!quiet) fmt::print(stderr, "{}: loss {}\n", r.stages[i], change);
        plots.push_back({.title = fmt::format("Losses, {}", r.stages[i]), .curves = std::move(result.curves[i])});
    }
    save_image(r.photo.output, result.picture, {.recipe = recipe});
    if (!quiet)
        fmt::print(stderr, "{}\n{}: {}x{}\n", how_it_ended(result.steps, result.evaluations, result.end),
                   r.photo.output, result.picture.width, result.picture.height);
    if (!r.search.report.empty()) {
        std::vector<ReportPicture> pictures = r.pictures();
        pictures.push_back({result.picture, r.photo.output});
        save_report(r.search.report, run_page(fmt::format("{}: {}", name, r.photo.file), recipe, std::move(pictures),
                                              std::move(plots), seconds));
    }
    show_profile(r.common, result.profile, result.timed_runs);
    require(result.end != SearchEnd::not_finite,
            "{}: the loss or its gradient was not finite at step {}; {} holds the picture as it was before{}", name,
            result.steps + 1, r.photo.output, smaller_rate(r.search));
}

}  // namespace gradus
