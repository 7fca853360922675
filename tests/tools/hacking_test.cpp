// The technique that docs/hacking.md shows, built and run.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tools/image/tensor.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/search.h"

using namespace gradus;

namespace {

// begin
/// A photograph that a net takes for another class, while `layer` stays near its answer to the photograph.
///
/// cost      steps forward and input-gradient passes
SearchResult persuade(const Net& net, const Image& photo, int wanted, const std::string& layer, double keep,
                      const PlanOptions& plans) {
    Graph g;
    const Tensor before = value(net.record(g.leaf(tensor_of(photo)))(layer), plans);
    Search search(net, {log_probability(wanted) + keep * nearness(layer, before)}, photo.height, photo.width,
                  {.written = pixels_as_they_are(), .optimizer = ascent(0.5 / 255), .steps = 20}, plans);
    search.start_from(0, photo);
    return search.run()[0];
}
// end

std::string text_between(const std::string& file, const std::string& first, const std::string& last) {
    std::ifstream in(std::string(GRADUS_SOURCE_DIR) + "/" + file);
    std::ostringstream all;
    all << in.rdbuf();
    const std::string text = all.str();
    const auto begin = text.find(first) + first.size();
    return text.substr(begin, text.find(last, begin) - begin);
}

}  // namespace

TEST_SUITE("hacking") {
    TEST_CASE("the technique of the page works") {
        const Net net(net_table("lenet"), seeded_weights());
        Image photo{.width = 28, .height = 28, .rgb = test::noise(28 * 28 * 3)};
        for (float& v : photo.rgb) v = 0.5f + 0.4f * v;
        const SearchResult result = persuade(net, photo, 7, "conv1", 0.1, {.threads = 1});
        CHECK(result.curves[0].values.back() > result.curves[0].values.front());
        CHECK(result.steps == 20);
    }
    TEST_CASE("the page shows what is built here") {
        CHECK(text_between("docs/hacking.md", "<!-- the technique -->\n```cpp\n", "```") ==
              text_between("tests/tools/hacking_test.cpp", "// begin\n", "// end\n"));
    }
}
