#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/require.h"
#include "nets/classes.h"
#include "tools/cli/commands.h"
#include "tools/cli/common.h"
#include "tools/cli/photos.h"
#include "tools/cli/pictures_in.h"
#include "tools/cli/progress.h"
#include "tools/cli/table.h"
#include "tools/image/image.h"
#include "tools/techniques/tally.h"
#include "tools/tell.h"
#include "tools/train/annotations.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

struct ClassifyCommand {
    CommonOptions common = {};
    std::vector<std::string> photos = {};
    int top = 5, worst = 0;
    bool json = false, report = false;
};

/// Knows which class a file shows, where a data set says so.
class Truth {
public:
    explicit Truth(const Labels& labels) : labels_(labels) {}

    /// From val_annotations.txt in its folder or the one above, or from a name SYNSET_..., or from a folder per class.
    std::optional<int> of(const fs::path& file) {
        for (const fs::path& folder : {file.parent_path(), file.parent_path().parent_path()}) {
            const auto& annotations = annotations_in(folder);
            if (const auto found = annotations.find(file.filename().string()); found != annotations.end())
                return index_of(found->second);
        }
        const std::string name = file.filename().string();
        if (is_synset(name.substr(0, 9))) return index_of(name.substr(0, 9));
        for (fs::path folder = file.parent_path(); folder.has_filename(); folder = folder.parent_path())
            if (is_synset(folder.filename().string())) return index_of(folder.filename().string());
        return {};
    }

private:
    std::optional<int> index_of(const std::string& synset) const {
        for (int i = 0; i < labels_.size(); ++i)
            if (labels_[i].synset == synset) return i;
        return {};
    }
    const std::map<std::string, std::string>& annotations_in(const fs::path& folder) {
        const auto [entry, is_new] = annotations_.try_emplace(folder.string());
        if (is_new) entry->second = read_annotations(folder);
        return entry->second;
    }
    const Labels& labels_;
    std::map<std::string, std::map<std::string, std::string>> annotations_;
};

void print_json(const fs::path& file, const std::vector<ClassProbability>& best, const Labels& labels) {
    nlohmann::ordered_json object{{"file", file.string()}, {"top", nlohmann::ordered_json::array()}};
    for (const ClassProbability& c : best)
        object["top"].push_back({{"index", c.index}, {"label", labels[c.index].name}, {"probability", c.probability}});
    fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const fs::path& file, const std::vector<ClassProbability>& best, const Labels& labels) {
    fmt::print("{}\n", file.string());
    for (const ClassProbability& c : best)
        fmt::print("  {:5.1f} %  {}\n", 100 * static_cast<double>(c.probability), labels[c.index].name);
}

void print_report(const ClassifyCommand& c, const Net& net, const Tally& tally, const Labels& labels) {
    const std::vector<Tally::OfClass> worst = tally.worst(c.worst);
    if (c.json) {
        nlohmann::ordered_json report{{"pictures", tally.pictures()}, {"top1", tally.top1()}, {"top5", tally.top5()}};
        for (const Tally::OfClass& w : worst) {
            nlohmann::ordered_json taken_for;
            for (const auto& [index, times] : w.taken_for) taken_for[labels[index].name] = times;
            report["worst"].push_back({{"label", labels[w.index].name},
                                       {"pictures", w.pictures},
                                       {"right", w.right},
                                       {"taken_for", taken_for}});
        }
        fmt::print("{}\n", report.dump());
        return;
    }
    fmt::print("{}: {} pictures, top-1 {:.2f} %, top-5 {:.2f} %\n", net.name(), tally.pictures(), tally.top1(),
               tally.top5());
    if (worst.empty()) return;
    std::vector<std::vector<std::string>> rows{{"class", ">pictures", ">right", "taken for"}};
    for (const Tally::OfClass& w : worst) {
        std::string taken_for;
        for (std::size_t i = 0; i < std::min<std::size_t>(3, w.taken_for.size()); ++i)
            taken_for += fmt::format("{}{} {}", i > 0 ? ", " : "", labels[w.taken_for[i].first].short_name(),
                                     w.taken_for[i].second);
        rows.push_back({std::string(labels[w.index].short_name()), std::to_string(w.pictures), std::to_string(w.right),
                        taken_for});
    }
    fmt::print("{}", table(rows));
}

void run(const ClassifyCommand& c, const Command& command) {
    require(c.report || c.worst == 0, "{}: was given --worst without --report", command.name());
    const std::vector<fs::path> files = pictures_in("classify", c.photos);
    const Net net = load_net(c.common);
    const Labels labels = load_labels(net.table());
    Classifier classifier(net, activation_type(c.common), plan_options(c.common));
    if (c.common.profiled()) classifier.plan().profile(true);
    Truth truth(labels);
    Tally tally;
    std::vector<std::string> failed;
    for (const fs::path& file : files) {
        std::vector<ClassProbability> best;
        try {
            best = classifier(load_image(file), std::max(c.top, c.report ? 5 : 1));
        } catch (const Error& error) {
            if (files.size() == 1) throw;  // one bad picture does not end a batch
            tell("gradus: {}\n", error.what());
            failed.push_back(file.string());
            continue;
        }
        if (c.report) {
            const std::optional<int> right = truth.of(file);
            require(right.has_value(),
                    "classify: {} does not say what it shows, expected a name SYNSET_name, a folder per class or a "
                    "val_annotations.txt",
                    file.string());
            tally.add(*right, best);
        }
        best.resize(std::min(best.size(), static_cast<std::size_t>(c.top)));
        if (c.json)
            print_json(file, best, labels);
        else if (!c.report)
            print_text(file, best, labels);
    }
    if (tally.pictures() > 0) print_report(c, net, tally, labels);
    show_profile(c.common, classifier.plan().report(), classifier.plan().timed_runs());
    require(failed.empty(), "classify: {} of {} failed: {}", failed.size(), files.size(), quoted_list(failed));
}

}  // namespace

void add_classify(Command app) {
    auto c = std::make_shared<ClassifyCommand>();
    Command command = app.command("classify", "name what is in photographs");
    command.option("photos", c->photos, "photographs, - for standard input, or folders of them").required();
    command.option("--top", c->top, "how many classes to name").within(1, 1000);
    command.flag("--json", c->json, "print one JSON object a line");
    command.flag(
        "--report", c->report,
        "print how often the first, and one of the first five, is right: over files named SYNSET_name, a folder per "
        "class, or with a val_annotations.txt");
    command
        .option("--worst", c->worst,
                "also print so many classes that --report finds recognized least, and their doubles")
        .within(0, 1000);
    add_common(command, c->common);
    command.example("gradus classify cat.jpg --top 3");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
