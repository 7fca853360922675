#pragma once
// Nets small enough to be worked out by hand, for techniques.
#include <map>
#include <string>
#include <vector>

#include "nets/net.h"
#include "nets/rows.h"
#include "nets/seeded_weights.h"

namespace gradus::test {

/// Field by field: initialized in one, GCC 12 takes a table's strings to be uninitialized.
inline NetTable table_of(const std::string& name, const Preprocessing& input, std::vector<LayerRow> rows,
                         const std::string& scores, int classes) {
    NetTable table;
    table.name = name;
    table.input = input;
    table.rows = std::move(rows);
    table.scores = scores;
    table.classes = classes;
    return table;
}

/// Two convolutions and a classifier of four classes over pictures of any size; its own is 16. Seeded weights.
inline Net tiny_net() {
    Rows rows;
    std::string x = rows.relu(rows.conv("data", "conv1", 6, {.size = 3, .pad = 1}), "relu1");
    x = rows.max_pool(x, "pool1", {.size = 2, .stride = 2});
    x = rows.relu(rows.conv(x, "conv2", 8, {.size = 3, .pad = 1}), "relu2");
    x = rows.linear(rows.global_average(x, "mean"), "scores", 4);
    rows.softmax(x, "prob");
    Preprocessing input;
    input.size = 16;
    input.from = {2, 1, 0};
    input.mean = {104, 117, 123};
    input.factor = 1 / 64.0f;
    return Net(table_of("tiny", input, rows.take(), "scores", 4), seeded_weights());
}

/// A net of these rows that sees RGB 0..1 as it is, with these weights; a tensor that is not named is 0.
inline Net toy_net(Rows rows, const std::string& scores, std::map<std::string, std::vector<float>> weights) {
    const auto make = [weights = std::move(weights)](const std::string& name, const Shape& shape) {
        const auto found = weights.find(name);
        if (found != weights.end()) return Tensor(shape, found->second);
        return Tensor(shape, std::vector<float>(static_cast<std::size_t>(shape.size()), 0.0f));
    };
    Preprocessing input;
    input.size = 4;
    input.from = {0, 1, 2};
    input.mean = {0, 0, 0};
    input.factor = 1 / 255.0f;
    return Net(table_of("toy", input, rows.take(), scores, 1), Weights("toy weights", make));
}

}  // namespace gradus::test
