// The interpreter: what each kind of row records.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "nets/net.h"
#include "nets/preprocess.h"
#include "ops/arithmetic.h"
#include "ops/avg_pool2d.h"
#include "ops/cast.h"
#include "ops/concat.h"
#include "ops/conv2d.h"
#include "ops/global_avg_pool.h"
#include "ops/linear.h"
#include "ops/lrn.h"
#include "ops/max_pool2d.h"
#include "ops/pad.h"
#include "ops/reshape.h"
#include "ops/softmax.h"

namespace gradus {

struct Layers::State {
    std::shared_ptr<const NetTable> table;
    Weights weights;
    RecordOptions options;
    Graph* graph = nullptr;
    std::ptrdiff_t reach = 0;  // how many rows the weights suffice for
    std::map<std::string, Var, std::less<>> done = {};

    Var layer(std::string_view name) {
        if (const auto known = done.find(name); known != done.end()) return known->second;
        const LayerRow* row = table->find(name);
        require(row != nullptr, "{}: no layer {}; {}", table->name, in_quotes(name),
                nearest(name, table->layer_names()));
        require(row - table->rows.data() < reach, "{}: layer {} belongs to the classifier, and {} has none",
                table->name, in_quotes(name), weights.file());
        return record(*row);
    }

    Var flat_scores() {
        const Var scores = layer(table->scores);
        return cast(flat(scores), exact_type());
    }

private:
    Var record(const LayerRow& row) {
        std::vector<Var> in;
        for (const std::string& name : row.in) {
            const auto known = done.find(name);
            in.push_back(known != done.end() ? known->second : record(*table->find(name)));
        }
        Var y;
        try {
            y = output(row, in);
        } catch (const Error& error) {
            throw Error(fmt::format("{}, layer {}: {}", table->name, in_quotes(row.name), error.what()));
        }
        graph->name(y, row.name);
        done.emplace(row.name, y);
        return y;
    }

    Var output(const LayerRow& row, const std::vector<Var>& in) {
        if (options.instead)
            if (const std::optional<Var> y = options.instead(row, in)) return *y;
        const Var x = in[0];
        switch (row.kind) {
            case LayerKind::conv:
                return conv(row, x);
            case LayerKind::relu:
                return relu(x, options.rule);
            case LayerKind::max_pool:
                return max_pool2d(framed(row, x), windows(row));
            case LayerKind::avg_pool:
                return avg_pool2d(framed(row, x), windows(row), AvgDivisor::inside);
            case LayerKind::global_average:
                return global_avg_pool(x);
            case LayerKind::lrn:
                return lrn(x);
            case LayerKind::concat:
                return concat(in);
            case LayerKind::linear:
                return fully_connected(row, x);
            case LayerKind::softmax:
                return softmax(cast(flat(x), exact_type()));
            case LayerKind::scale:
                return multiply(x, graph->leaf(Tensor({x.shape().channels()}, row.factors).to(x.dtype())));
        }
        return x;
    }

    Var conv(const LayerRow& row, Var x) {
        const Shape shape{row.channels, x.shape().channels(), row.size, row.size};
        const Var w = weight(row.name + ".weight", weights.tensor(row.name + ".weight", shape, exact_type()));
        const int pad = row.beyond == PadMode::zero ? row.pad : 0;
        return conv2d(framed(row, x), w, bias(row), {.stride = row.stride, .pad = pad});
    }

    /// As Caffe cuts them: the last window of a pool may hang over, unless there is a frame.
    static Pool2dOptions windows(const LayerRow& row) {
        const bool frame = row.beyond != PadMode::zero;
        return {.size = row.size, .stride = row.stride, .pad = frame ? 0 : row.pad, .ceil = !frame};
    }

    /// With what the row sees past the edges, where that is not nothing: before them as much as there would be zeros,
    /// behind them as much as makes a place of each `stride` pixels.
    static Var framed(const LayerRow& row, Var x) {
        if (row.beyond == PadMode::zero) return x;
        const auto behind = [&](std::int64_t extent) {
            const std::int64_t places = (extent + row.stride - 1) / row.stride;
            return static_cast<int>(std::max<std::int64_t>(0, (places - 1) * row.stride + row.size - extent - row.pad));
        };
        const Padding frame{row.pad, behind(x.shape()[1]), row.pad, behind(x.shape()[2])};
        return frame == Padding{} ? x : pad(x, frame, row.beyond);
    }

    Var fully_connected(const LayerRow& row, Var x) {
        if (x.shape().rank() == 4)
            require(x.shape()[1] == row.size && x.shape()[2] == row.size,
                    "was given {} x {} pixels, expected the {} x {} that come of a picture of {} x {}", x.shape()[1],
                    x.shape()[2], row.size, row.size, table->input.size, table->input.size);
        const Shape activation =
            x.shape().rank() == 4 ? Shape{x.shape()[1], x.shape()[2], x.shape()[3]} : Shape{x.shape().channels()};
        const std::string name = row.name + ".weight";
        const Var w = weight(name, weights.fully_connected(name, row.channels, activation, exact_type()));
        return linear(cast(flat(x), exact_type()), w, bias(row));
    }

    Var bias(const LayerRow& row) {
        const std::string name = row.name + ".bias";
        return weight(name, weights.tensor(name, {row.channels}, exact_type()));
    }

    Var weight(const std::string& name, const Tensor& values) { return graph->leaf(values, name); }

    /// (N,H,W,C) -> (N,HWC)
    Var flat(Var x) {
        if (x.shape().rank() == 2) return x;
        return reshape(x, {x.shape()[0], x.shape().size() / x.shape()[0]});
    }

    /// Of filters and of what must not be rounded: bf16 is for activations only.
    DType exact_type() const { return options.activations == DType::f64 ? DType::f64 : DType::f32; }
};

Var Layers::operator()(std::string_view layer) const { return state_->layer(layer); }
Var Layers::scores() const { return state_->flat_scores(); }
Var Layers::probabilities() const { return state_->layer("prob"); }

Layers Net::record(Var picture, const RecordOptions& options) const {
    auto state = std::make_shared<Layers::State>(Layers::State{.table = table_,
                                                               .weights = weights_,
                                                               .options = options,
                                                               .graph = picture.graph,
                                                               .reach = std::ssize(layer_names())});
    const Var data = preprocess(picture, *table_, weights_, options.activations);
    picture.graph->name(data, "data");
    state->done.emplace("input", picture);
    state->done.emplace("data", data);
    for (const auto& [name, value] : options.given) {
        require(table_->find(name) != nullptr, "{}: no layer {} to give; {}", table_->name, in_quotes(name),
                nearest(name, table_->layer_names()));
        state->done.emplace(name, value);
    }
    const Layers layers(state);
    for (const std::string& wanted : options.wanted) layers(wanted);
    return layers;
}

}  // namespace gradus
