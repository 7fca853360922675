#include "tools/train/dataset.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/error.h"
#include "tests/tools/train/class_folders.h"

using namespace gradus;
namespace fs = std::filesystem;

namespace {

/// Classes "bee" and "ant" with so many (empty) pictures each.
void two_classes(const fs::path& root, int ants, int bees) {
    for (int i = 0; i < ants; ++i) test::put(root / "ant/images" / (std::to_string(i) + ".JPEG"), "");
    for (int i = 0; i < bees; ++i) test::put(root / "bee" / (std::to_string(i) + ".png"), "");
}

std::vector<std::string> names(const Dataset& data) {
    std::vector<std::string> all;
    for (const Sample& s : data.samples) all.push_back(std::to_string(s.label) + ":" + s.file.filename().string());
    return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("dataset") {
    TEST_CASE("a folder is a class, and pictures lie anywhere in it") {
        const test::TempFolder folder;
        two_classes(folder / "t", 2, 3);
        test::put(folder / "t/ant/boxes.txt", "0.JPEG 1 2 3 4");
        test::put(folder / "t/.cache/x.png", "");
        test::put(folder / "t/readme.png", "");
        const Dataset data = read_dataset(folder / "t");
        CHECK(data.classes == Names{"ant", "bee"});
        CHECK(names(data) == Names{"0:0.JPEG", "0:1.JPEG", "1:0.png", "1:1.png", "1:2.png"});
    }
    TEST_CASE("refuses what is no data set") {
        const test::TempFolder folder;
        const auto read = [&](const char* name) { read_dataset(folder / name); };
        CHECK_ERROR(read("none"), "none is no folder, expected one with a folder per class");
        fs::create_directories(folder / "empty");
        CHECK_ERROR(read("empty"), "empty holds no folders, expected one per class");
        test::put(folder / "one/ant/0.png", "");
        CHECK_ERROR(read("one"), "one holds one class, \"ant\", expected at least two");
        fs::create_directories(folder / "one/bee");
        CHECK_ERROR(read("one"), "bee holds no pictures, expected those of a class");
        test::put(folder / "all/train/ant/0.png", "");
        test::put(folder / "all/val/ant/0.png", "");
        CHECK_ERROR(read("all"), "holds the folders train and val, expected a folder per class; is ");
    }
    TEST_CASE("pictures to judge by come in folders, or with annotations") {
        const test::TempFolder folder;
        const Names classes{"ant", "bee", "wasp"};
        const auto read = [&](const char* name) { return read_validation(folder / name, classes); };
        two_classes(folder / "folders", 1, 2);
        CHECK(names(read("folders")) == Names{"0:0.JPEG", "1:0.png", "1:1.png"});
        CHECK(read("folders").classes == classes);

        test::put(folder / "val/val_annotations.txt", "a.JPEG\tbee\t0\t0\t9\t9\nb.JPEG\tant\t1\t2\t3\t4\n");
        test::put(folder / "val/images/a.JPEG", "");
        CHECK(names(read("val")) == Names{"1:a.JPEG"});
        test::put(folder / "val/images/b.JPEG", "");
        CHECK(names(read("val")) == Names{"0:b.JPEG", "1:a.JPEG"});
        test::put(folder / "val/images/c.JPEG", "");
        CHECK_ERROR(read("val"), "c.JPEG is not among the 2 pictures of ");

        test::put(folder / "odd/wasps/0.png", "");
        CHECK_ERROR(read("odd"),
                    "odd holds the class \"wasps\", which training does not have; the nearest is \"wasp\"");
        fs::create_directories(folder / "empty");
        CHECK_ERROR(read("empty"), "empty holds no pictures, expected a folder per class or a val_annotations.txt");
        CHECK_ERROR(read("none"), "none is no folder");
    }
    TEST_CASE("holds out some of each class, the same ones each time, never all") {
        const test::TempFolder folder;
        two_classes(folder / "t", 20, 2);
        const Dataset data = read_dataset(folder / "t");
        const Split parts = split(data, 0.2, 1);
        CHECK(parts.held_out.samples.size() == 4 + 1);
        CHECK(parts.held_out.classes == data.classes);
        CHECK(parts.training.classes == data.classes);
        std::set<fs::path> files;
        for (const Dataset* part : {&parts.training, &parts.held_out})
            for (const Sample& s : part->samples) CHECK(files.insert(s.file).second);
        CHECK(files.size() == 22);
        CHECK(names(split(data, 0.2, 1).held_out) == names(parts.held_out));
        CHECK(names(split(data, 0.2, 2).held_out) != names(parts.held_out));
        CHECK(split(data, 0.99, 1).training.samples.size() == 1 + 1);
        CHECK(split(data, 0.01, 1).held_out.samples.size() == 1 + 1);
        // Nor does a class depend on how many another has.
        two_classes(folder / "more", 20, 9);
        const Names more = names(split(read_dataset(folder / "more"), 0.2, 1).held_out), before = names(parts.held_out);
        CHECK(Names(more.begin(), more.begin() + 4) == Names(before.begin(), before.begin() + 4));
    }
    TEST_CASE("refuses to hold out a class's only picture, or all of them") {
        const test::TempFolder folder;
        two_classes(folder / "t", 2, 1);
        const Dataset data = read_dataset(folder / "t");
        CHECK_ERROR(split(data, 0.2, 1), "the class \"bee\" has 1 picture, expected at least two: one of them is held");
        for (const double fraction : {0.0, 1.0, -0.1})
            CHECK_ERROR(split(data, fraction, 1), "of each class, expected between 0 and 1");
    }
}
