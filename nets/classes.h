#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "nets/table.h"

namespace gradus {

/// The classes of a net, in the order of its scores.
class Labels {
public:
    explicit Labels(std::vector<ClassLabel> labels) : labels_(std::move(labels)) {}

    int size() const { return static_cast<int>(labels_.size()); }
    const ClassLabel& operator[](int index) const { return labels_[static_cast<std::size_t>(index)]; }

    /// The class that is meant by an index, a synset or one of its names, upper and lower case alike. Where several
    /// classes share a name ("crane"), the first.
    ///
    /// throws    "no class "tabbi"; the nearest is "tabby"", or that an index is out of range
    int find(std::string_view wanted) const;

private:
    std::vector<ClassLabel> labels_;
};

/// Whether it is one of WordNet's numbers for a noun: "n02123045".
bool is_synset(std::string_view text);

/// Reads a file of lines "n02123045 tabby, tabby cat".
///
/// throws    for a missing file, and a line of another form, with its number
Labels read_labels(const std::filesystem::path& file);

/// The labels of a net: those that came with its weights, digits for lenet, else imagenet-labels.txt, looked for where
/// weights are.
///
/// throws    when there is no such file, and where it was looked for; when the net has another number of classes
Labels load_labels(const NetTable& table);

}  // namespace gradus
