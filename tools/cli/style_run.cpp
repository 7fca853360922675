#include "tools/cli/style_run.h"

#include <fmt/format.h>

#include <chrono>

#include "engine/require.h"
#include "tools/cli/checkpoints.h"
#include "tools/cli/memory_flag.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/run_page.h"
#include "tools/tell.h"

namespace gradus {

namespace {

/// What the largest size will take, from what this one does.
std::size_t memory_at_most(const StyleRun& r, const StyleStep& s) {
    const double growth = r.work.back().cost / r.work[static_cast<std::size_t>(s.size)].cost;
    return static_cast<std::size_t>(static_cast<double>(s.look.memory) * growth);
}

}  // namespace

void run_style(const StyleRun& r,
               const std::function<StyleResult(std::vector<SearchState>, const StyleWatcher&)>& work) {
    const std::string name = r.command.name();
    const bool quiet = r.common.quiet;
    Checkpoints checkpoints(r.search.checkpoints, r.settings, static_cast<int>(r.stages.size()), quiet);
    catch_interrupts();
    Progress progress({.what = name, .stages = r.work, .quiet = quiet, .log = r.out.log, .about = r.photo.file});
    const auto start = std::chrono::steady_clock::now();
    int history = r.search.history;
    Recipe recipe = recipe_of(r.command, r.common, r.net, r.unsaid, &r.photo);
    const auto finished = [&](Image picture) {
        return r.shows_photo ? with_all_of(std::move(picture), r.photo.image, r.common.threads) : picture;
    };
    StyleResult result = work(checkpoints.resumed(), [&](const StyleStep& s) {
        if (s.history > 0 && s.history < history && !quiet) {
            progress.finish();
            tell("{}: at {}x{}, {} remembers {} pairs instead of {}, for want of memory\n", name, s.width, s.height,
                 r.search.optimizer, s.history, history);
            history = s.history;
        }
        progress.step(s.done, fmt::format("{}x{}{}", s.width, s.height, in_parts(s.parts[0], s.parts[1])),
                      -s.look.objective, memory_at_most(r, s));
        if (r.search.save_every > 0 && s.done % r.search.save_every == 0)
            save_step(r.out, r.photo.output, s.done, finished(s.picture()), recipe);
        checkpoints.step(s.size, s.look);
        return !interrupted();
    });
    progress.finish();
    checkpoints.finish();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

    std::vector<Plot> plots;
    for (std::size_t i = 0; i < result.curves.size(); ++i) {
        const std::vector<double>& loss = result.curves[i][0].values;
        const std::string change = fmt::format("{:.6g} -> {:.6g}", loss.front(), loss.back());
        recipe.push_back({fmt::format("gradus.loss.{}", i + 1), change});
        if (!quiet) tell("{}: loss {}\n", r.stages[i], change);
        plots.push_back({.title = fmt::format("Losses, {}", r.stages[i]), .curves = std::move(result.curves[i])});
    }
    result.picture = finished(std::move(result.picture));
    save_picture(r.out, r.photo.output, result.picture, recipe);
    if (!quiet)
        tell("{}\n{}: {}x{}\n", how_it_ended(result.steps, result.evaluations, result.end), r.photo.output,
             result.picture.width, result.picture.height);
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
