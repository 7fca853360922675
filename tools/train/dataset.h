#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gradus {

/// One picture and its class.
struct Sample {
    std::filesystem::path file;
    int label = 0;
};

/// Pictures of several classes.
struct Dataset {
    std::vector<std::string> classes = {};  // the names of the folders, in their order
    std::vector<Sample> samples = {};       // by class, then by name
};

/// A folder per class, with the pictures anywhere below it: as Tiny ImageNet's train/n01443537/images/x.JPEG. Folders
/// whose names begin with a dot are none.
///
/// throws    "train: birds is no folder, expected a folder per class"; for one without folders, with only one, and a
///           class without pictures; for a folder above train/ and val/
Dataset read_dataset(const std::filesystem::path& folder);

/// Pictures to judge by, of the classes that training has: a folder per class, of which some may be missing, or
/// pictures anywhere below a folder with a val_annotations.txt, as Tiny ImageNet's.
///
/// throws    for a class that is none of `classes`, a picture that the annotations do not name, and no pictures at all
Dataset read_validation(const std::filesystem::path& folder, const std::vector<std::string>& classes);

struct Split {
    Dataset training, held_out;
};

/// Holds out so much of each class, at least one picture and not all, by lot: a function of the seed, the class's
/// number and how many pictures it has.
///
/// throws    unless 0 < fraction < 1; for a class of a single picture
Split split(const Dataset& all, double fraction, std::uint64_t seed);

}  // namespace gradus
