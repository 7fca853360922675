#include "tools/train/dataset.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "tools/image/pictures_below.h"
#include "tools/train/annotations.h"
#include "tools/train/draws.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

void check_folder(const fs::path& folder) {
    require(fs::is_directory(folder), "train: {} is no folder, expected one with a folder per class", folder.string());
}

std::vector<std::string> folders_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory() && name[0] != '.') names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
}

int label_of(const std::string& name, const std::vector<std::string>& classes, const fs::path& folder) {
    const auto found = std::ranges::find(classes, name);
    if (found == classes.end())  // asked of each picture: the nearest is looked for only here
        throw Error(fmt::format("train: {} holds the class {}, which training does not have; {}", folder.string(),
                                in_quotes(name), nearest(name, classes)));
    return static_cast<int>(found - classes.begin());
}

}  // namespace

Dataset read_dataset(const fs::path& folder) {
    check_folder(folder);
    Dataset all{.classes = folders_in(folder)};
    const auto has = [&](const char* name) { return std::ranges::count(all.classes, name) > 0; };
    require(
        !has("train") || !has("val"),
        "train: {} holds the folders train and val, expected a folder per class; is {} meant, with --validation {}?",
        folder.string(), (folder / "train").string(), (folder / "val").string());
    require(!all.classes.empty(), "train: {} holds no folders, expected one per class", folder.string());
    require(all.classes.size() > 1, "train: {} holds one class, {}, expected at least two to tell apart",
            folder.string(), in_quotes(all.classes[0]));
    for (std::size_t c = 0; c < all.classes.size(); ++c) {
        const std::vector<fs::path> files = pictures_below(folder / all.classes[c]);
        require(!files.empty(), "train: {} holds no pictures, expected those of a class",
                (folder / all.classes[c]).string());
        for (const fs::path& file : files) all.samples.push_back({file, static_cast<int>(c)});
    }
    return all;
}

Dataset read_validation(const fs::path& folder, const std::vector<std::string>& classes) {
    check_folder(folder);
    Dataset all{.classes = classes};
    if (const auto annotations = read_annotations(folder); !annotations.empty()) {
        for (const fs::path& file : pictures_below(folder)) {
            const auto found = annotations.find(file.filename().string());
            require(found != annotations.end(), "train: {} is not among the {} pictures of {}", file.string(),
                    annotations.size(), (folder / "val_annotations.txt").string());
            all.samples.push_back({file, label_of(found->second, classes, folder)});
        }
    } else {
        for (const std::string& name : folders_in(folder)) {
            const int label = label_of(name, classes, folder);
            for (const fs::path& file : pictures_below(folder / name)) all.samples.push_back({file, label});
        }
    }
    require(!all.samples.empty(), "train: {} holds no pictures, expected a folder per class or a val_annotations.txt",
            folder.string());
    std::ranges::stable_sort(all.samples, {}, &Sample::label);
    return all;
}

Split split(const Dataset& all, double fraction, std::uint64_t seed) {
    require(fraction > 0 && fraction < 1, "train: was asked to hold out {} of each class, expected between 0 and 1",
            fraction);
    Split parts{{.classes = all.classes}, {.classes = all.classes}};
    for (std::size_t c = 0; c < all.classes.size(); ++c) {
        const int label = static_cast<int>(c);
        std::vector<Sample> own;
        std::ranges::copy_if(all.samples, std::back_inserter(own), [&](const Sample& s) { return s.label == label; });
        const int n = static_cast<int>(own.size());
        require(n > 1, "train: the class {} has {} picture, expected at least two: one of them is held out",
                in_quotes(all.classes[c]), n);
        const int held_out = std::clamp(static_cast<int>(std::lround(fraction * n)), 1, n - 1);
        const std::vector<int> order = permutation(n, Draws("held out", seed, 0, label));
        std::vector<bool> is_out(own.size());
        for (int i = 0; i < held_out; ++i) is_out[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])] = true;
        for (std::size_t i = 0; i < own.size(); ++i)
            (is_out[i] ? parts.held_out : parts.training).samples.push_back(own[i]);
    }
    return parts;
}

}  // namespace gradus
