#include "tools/search/search_state.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "kernels/latch.h"
#include "tools/search/item.h"

namespace gradus {
namespace {

std::string name_of(std::size_t index, const std::string& what) { return fmt::format("{}/{}", index, what); }

std::string name_of(std::size_t index, const SearchOptions& o, const std::string& what) {
    return fmt::format("{}/{}.{}", index, o.optimizer.name, what);
}

/// "0/notes", then "0/notes.1" and on, where the terms are too many for one.
std::string name_of_notes(std::size_t index, std::size_t table) {
    return name_of(index, table == 0 ? "notes" : fmt::format("notes.{}", table));
}

/// Of average_state.
constexpr std::array<const char*, 2> average_names{"average", "average.weight"};

/// The one whole number, which lies in 0..most.
int count_in(const SearchState& state, const std::string& name, const Tensor& like, int most) {
    const std::int32_t count = state.get(name, like.spec()).values<std::int32_t>()[0];
    require(count >= 0 && count <= most, "{}: tensor {} holds {}, expected 0 to {}", state.origin, in_quotes(name),
            count, most);
    return count;
}

template <class T>
bool all_finite(std::span<const T> values) {
    return std::all_of(values.begin(), values.end(), [](T v) { return std::isfinite(v); });
}

/// A tensor whose numbers are all finite.
const Tensor& finite(const SearchState& state, const std::string& name, const Tensor& like) {
    const Tensor& found = state.get(name, like.spec());
    const bool ok = found.dtype() == DType::f32   ? all_finite(found.values<float>())
                    : found.dtype() == DType::f64 ? all_finite(found.values<double>())
                                                  : true;
    require(ok, "{}: tensor {} holds NaN or infinity, expected finite numbers", state.origin, in_quotes(name));
    return found;
}

/// What the optimizer remembers of a picture, if that may be after so many steps.
OptimizerState optimizer_state(const SearchState& state, const SearchItem& item, const SearchOptions& o,
                               std::size_t index, int steps) {
    OptimizerState found;
    for (const auto& [what, like] : item.state) found.push_back({what, finite(state, name_of(index, o, what), like)});
    require(!o.optimizer.possible || o.optimizer.possible(found, steps),
            "{}: what {} remembers of picture {} counts other steps than the {} that were taken", state.origin,
            o.optimizer.name, index, steps);
    return found;
}

}  // namespace

Tensor copy_of(const Tensor& tensor) {
    Tensor copy(tensor.spec());
    std::memcpy(copy.writable(), tensor.data(), tensor.spec().bytes());
    return copy;
}

const Tensor& SearchState::get(const std::string& name, const Spec& expected) const {
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.first == name; });
    require(found != tensors.end(), "{}: found no tensor {} of the search that was asked for", origin, in_quotes(name));
    const Tensor& tensor = found->second;
    require(tensor.shape() == expected.shape && tensor.dtype() == expected.dtype, "{}: tensor {} is {}, expected {}",
            origin, in_quotes(name), to_string(tensor.spec()), to_string(expected));
    return tensor;
}

void add_state(SearchState& state, const SearchItem& item, const SearchOptions& o, std::size_t index, bool over) {
    const auto put = [&](const std::string& name, const Tensor& t) { state.tensors.push_back({name, copy_of(t)}); };
    put(name_of(index, "numbers"), item.numbers);
    put(name_of(index, "step"), item.step);
    put(name_of(index, "held"), item.held);
    for (std::size_t i = 0; i < item.notes.size(); ++i) put(name_of_notes(index, i), item.notes[i]);
    for (std::size_t i = 0; i < item.average.size(); ++i) put(name_of(index, average_names[i]), item.average[i]);
    if (over) return;
    for (const auto& [what, tensor] : item.state) put(name_of(index, o, what), tensor);
}

int restore_items(std::vector<SearchItem>& items, const SearchState& state, const SearchOptions& o) {
    const int steps = count_in(state, name_of(0, "step"), items[0].step, o.steps);
    bool over = true;
    for (std::size_t n = 0; n < items.size(); ++n) {
        const int mine = count_in(state, name_of(n, "step"), items[n].step, o.steps);
        require(mine == steps, "{}: picture {} took {} steps and picture 0 took {}, expected as many", state.origin, n,
                mine, steps);
        // What stopped a picture was found in a step.
        const int most = steps == 0 ? 0 : static_cast<int>(kernels::LatchReason::not_finite);
        over = count_in(state, name_of(n, "held"), items[n].held, most) != 0 && over;
    }
    over = over || steps == o.steps;
    std::vector<OptimizerState> remembered(items.size());
    std::size_t expected = 0;
    for (std::size_t n = 0; n < items.size(); ++n) {
        finite(state, name_of(n, "numbers"), items[n].numbers);
        for (std::size_t i = 0; i < items[n].notes.size(); ++i)
            state.get(name_of_notes(n, i), items[n].notes[i].spec());
        for (std::size_t i = 0; i < items[n].average.size(); ++i) {
            const Tensor& kept = finite(state, name_of(n, average_names[i]), items[n].average[i]);
            const float weight = i == 1 ? kept.values<float>()[0] : 0;
            require(weight >= 0, "{}: tensor {} holds the weight {}, expected 0 or more", state.origin,
                    in_quotes(name_of(n, average_names[i])), weight);
        }
        if (!over) remembered[n] = optimizer_state(state, items[n], o, n, steps);
        expected += 3 + items[n].notes.size() + items[n].average.size() + remembered[n].size();
    }
    require(state.tensors.size() == expected, "{}: found {} tensors of a search, expected {}", state.origin,
            state.tensors.size(), expected);
    for (std::size_t n = 0; n < items.size(); ++n) {
        SearchItem& item = items[n];
        overwrite(item.numbers, state.get(name_of(n, "numbers"), item.numbers.spec()));
        overwrite(item.step, state.get(name_of(n, "step"), item.step.spec()));
        overwrite(item.held, state.get(name_of(n, "held"), item.held.spec()));
        for (std::size_t i = 0; i < item.notes.size(); ++i)
            overwrite(item.notes[i], state.get(name_of_notes(n, i), item.notes[i].spec()));
        for (std::size_t i = 0; i < item.average.size(); ++i)
            overwrite(item.average[i], state.get(name_of(n, average_names[i]), item.average[i].spec()));
        for (std::size_t i = 0; i < remembered[n].size(); ++i) overwrite(item.state[i].second, remembered[n][i].second);
    }
    return steps;
}

}  // namespace gradus
