#pragma once
#include <string>
#include <vector>

#include "nets/table.h"

namespace gradus {

/// The square window of a convolution or pool.
struct Taps {
    int size = 1, stride = 1, pad = 0;
};

/// Writes the rows of a table, top to bottom. Each function adds one row that reads `in`, and returns its name.
class Rows {
public:
    std::string conv(const std::string& in, const std::string& name, int channels, Taps t = {}) {
        return add({LayerKind::conv, name, {in}, channels, t.size, t.stride, t.pad});
    }
    std::string relu(const std::string& in, const std::string& name) { return add({LayerKind::relu, name, {in}}); }
    /// With Caffe's edges: the last window may hang over.
    std::string max_pool(const std::string& in, const std::string& name, Taps t) {
        return add({LayerKind::max_pool, name, {in}, 0, t.size, t.stride, t.pad});
    }
    std::string global_average(const std::string& in, const std::string& name) {
        return add({LayerKind::global_average, name, {in}});
    }
    std::string lrn(const std::string& in, const std::string& name) { return add({LayerKind::lrn, name, {in}}); }
    std::string concat(std::vector<std::string> in, const std::string& name) {
        return add({LayerKind::concat, name, std::move(in)});
    }
    std::string linear(const std::string& in, const std::string& name, int channels, int size = 1) {
        return add({LayerKind::linear, name, {in}, channels, size});
    }
    std::string softmax(const std::string& in, const std::string& name) {
        return add({LayerKind::softmax, name, {in}});
    }

    std::vector<LayerRow> take() { return std::move(rows_); }

private:
    std::string add(LayerRow row) {
        rows_.push_back(std::move(row));
        return rows_.back().name;
    }
    std::vector<LayerRow> rows_;
};

}  // namespace gradus
