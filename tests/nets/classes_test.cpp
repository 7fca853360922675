#include "nets/classes.h"

#include <doctest/doctest.h>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/temp_folder.h"

using namespace gradus;

TEST_SUITE("classes") {
    TEST_CASE("are found by index, synset and name") {
        const test::TempFolder folder;
        const Labels labels = read_labels(folder.write("labels.txt",
                                                       "n01440764 tench, Tinca tinca\n"
                                                       "n01443537 goldfish, Carassius auratus\r\n"
                                                       "n02012849 crane\n"
                                                       "n03126707 crane\n"));
        CHECK(labels.size() == 4);
        CHECK(labels[1].synset == "n01443537");
        CHECK(labels[1].name == "goldfish, Carassius auratus");
        CHECK(labels[1].short_name() == "goldfish");
        CHECK(labels.find("1") == 1);
        CHECK(labels.find("n01440764") == 0);
        CHECK(labels.find("Goldfish") == 1);
        CHECK(labels.find("tinca tinca") == 0);
        CHECK(labels.find("crane") == 2);
        CHECK_ERROR(labels.find("goldfisch"), R"(no class "goldfisch"; the nearest is "goldfish")");
        CHECK_ERROR(labels.find("4"), "no class 4; expected 0 to 3, a synset or a name");
        CHECK_ERROR(labels.find("-1"), "no class -1; expected 0 to 3");
    }
    TEST_CASE("a file of another form is refused, with the line") {
        const test::TempFolder folder;
        CHECK_ERROR(read_labels(folder.write("a.txt", "n01440764 tench\ntench\n")), R"(a.txt: line 2 is "tench")");
        CHECK_ERROR(read_labels(folder.write("b.txt", "n01440764 \n")), "line 1");
        CHECK_ERROR(read_labels(folder / "none.txt"), "none.txt: cannot be read");
    }
    TEST_CASE("LeNet knows digits, the others the thousand classes of ImageNet") {
        CHECK(load_labels(net_table("lenet")).find("7") == 7);
        SKIP_WITHOUT(test::weights_dir(), "GRADUS_WEIGHTS");
        const Labels labels = load_labels(net_table("googlenet"));
        CHECK(labels.size() == 1000);
        CHECK(labels.find("tabby") == 281);
        CHECK(labels[999].short_name() == "toilet tissue");
    }
}
