#include "nets/chain.h"

#include <charconv>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "nets/rows.h"

namespace gradus {
namespace {

struct Filters {
    int count = 0;
    Taps taps = {.size = 3};
};

/// The number behind `letter` ('\0': none) at the start of `rest`, which loses both; `usual` where the letter is not
/// there. -1 where no number follows.
int number_behind(char letter, std::string_view& rest, int usual) {
    if (letter != '\0') {
        if (rest.empty() || rest[0] != letter) return usual;
        rest.remove_prefix(1);
    }
    int number = -1;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error != std::errc{}) return -1;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return number;
}

Filters read_filters(std::string_view item, int place) {
    std::string_view rest = item;
    Filters f;
    f.count = number_behind('\0', rest, 0);
    f.taps.size = number_behind('k', rest, 3);
    f.taps.stride = number_behind('s', rest, 1);
    f.taps.pad = f.taps.size / 2;
    const bool right = rest.empty() && f.count >= 1 && f.count <= 4096 && f.taps.size >= 1 && f.taps.size <= 11 &&
                       f.taps.size % 2 == 1 && f.taps.stride >= 1 && f.taps.stride <= 4;
    require(right,
            "architecture: found {} at item {}, expected P or 1 to 4096 filters as in 128, 256k1 or 48k5s2: k an odd "
            "size up to 11, s a stride up to 4",
            in_quotes(item), place);
    return f;
}

}  // namespace

NetTable chain(std::string_view architecture, int classes, int size) {
    Rows rows;
    std::string x = "data";
    int stage = 1, in_stage = 0, place = 0, convolutions = 0;
    for (std::string_view rest = architecture;;) {
        const std::string_view item = rest.substr(0, rest.find(','));
        require(++place <= 64, "architecture: found more than 64 items, expected at most that many");
        if (item == "P") {
            x = rows.max_pool(x, "pool" + std::to_string(stage++), {.size = 2, .stride = 2});
            in_stage = 0;
        } else {
            const Filters f = read_filters(item, place);
            const std::string name = std::to_string(stage) + "_" + std::to_string(++in_stage);
            x = rows.relu(rows.conv(x, "conv" + name, f.count, f.taps), "relu" + name);
            ++convolutions;
        }
        if (item.size() == rest.size()) break;
        rest.remove_prefix(item.size() + 1);
    }
    require(convolutions > 0, "architecture: found {}, expected at least one convolution", in_quotes(architecture));
    const std::string usual = x;
    x = rows.linear(rows.global_average(x, "average"), "fc", classes);
    rows.softmax(x, "prob");
    return {.name = "chain",
            .paper = "Simonyan & Zisserman 2015, Very deep convolutional networks for large-scale image recognition",
            .input = {.size = size, .from = {0, 1, 2}, .mean = {123.675f, 116.28f, 103.53f}, .factor = 1 / 57.f},
            .rows = rows.take(),
            .scores = "fc",
            .usual_layer = usual,
            .classes = classes};
}

}  // namespace gradus
