#include "tools/search/checkpoint.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "nets/seeded_weights.h"
#include "tests/check.h"
#include "tests/error.h"
#include "tests/temp_folder.h"
#include "tools/search/layer_objectives.h"
#include "tools/search/search.h"
#include "tools/techniques/dream.h"

using namespace gradus;

namespace {

const std::string layer = "inception_3a/output";

const Net& net() {
    static const Net seeded(net_table("googlenet"), seeded_weights());
    return seeded;
}

SearchOptions small_search(Optimizer optimizer = adam()) {
    return {.written = fourier(),
            .transforms = {robust()},
            .optimizer = std::move(optimizer),
            .steps = 7,
            .redirected = 2,
            .seed = 3};
}

Search search(const SearchOptions& o, int pictures = 1, Device* device = &cpu_device()) {
    std::vector<Objective> objectives;
    for (int n = 0; n < pictures; ++n) objectives.push_back(channel(layer, 5 + n));
    return Search(net(), std::move(objectives), 32, 32, o, {.device = device, .threads = 2});
}

bool same(const SearchState& a, const SearchState& b) {
    if (a.tensors.size() != b.tensors.size()) return false;
    for (std::size_t i = 0; i < a.tensors.size(); ++i) {
        const auto& [name, x] = a.tensors[i];
        const auto& [other, y] = b.tensors[i];
        if (name != other || x.shape() != y.shape() || x.dtype() != y.dtype() ||
            std::memcmp(x.data(), y.data(), x.spec().bytes()) != 0)
            return false;
    }
    return true;
}

/// Runs to step `stop` and leaves the state there.
SearchState stopped_at(Search& search, int stop) {
    SearchState state;
    search.run([&](const SearchLook& look) {
        if (look.done == stop) state = look.state();
        return look.done < stop;
    });
    return state;
}

/// By way of a file.
SearchState reloaded(const SearchState& state) {
    const test::TempFolder folder;
    save_checkpoint(folder / "run.ckpt", {.stages = {state}});
    return load_checkpoint(folder / "run.ckpt").stages[0];
}

/// A state as it was, with one change.
template <class Change>
std::string refused(const SearchState& state, Change change) {
    SearchState changed = reloaded(state);
    change(changed.tensors);
    Search fresh = search(small_search(lbfgs(0.5, 3)));
    return test::error_of([&] { fresh.restore(changed); });
}

template <class T>
void set(std::vector<std::pair<std::string, Tensor>>& tensors, const std::string& name, T value) {
    for (std::pair<std::string, Tensor>& t : tensors)
        if (t.first == name) t.second.values_to_write<T>()[0] = value;
}

}  // namespace

TEST_SUITE("checkpoint") {
    TEST_CASE("a search that was stopped and goes on leaves the bytes of one that was not") {
        for (const Optimizer& optimizer : {adam(), lbfgs(0.5, 3), momentum(0.05), rmsprop(0.02), ascent(0.02)})
            for (const int stop : {1, 4}) {
                CAPTURE(optimizer.name);
                CAPTURE(stop);
                const SearchOptions o = small_search(optimizer);
                Search whole = search(o, 2);
                SearchState later;
                const auto ends = whole.run([&](const SearchLook& look) {
                    if (look.done == 6) later = look.state();
                    CHECK(look.last == (look.done == 7));
                    return true;
                });
                Search first = search(o, 2), second = search(o, 2);
                second.restore(reloaded(stopped_at(first, stop)));
                SearchState again;
                const auto resumed = second.run([&](const SearchLook& look) {
                    if (look.done == 6) again = look.state();
                    CHECK(look.done > stop);
                    return true;
                });
                CHECK(same(later, again));
                CHECK(same(whole.state(), second.state()));
                for (std::size_t n = 0; n < 2; ++n) {
                    CHECK(resumed[n].picture.rgb == ends[n].picture.rgb);
                    CHECK(resumed[n].steps == 7);
                    CHECK(resumed[n].end == SearchEnd::steps);
                    for (std::size_t i = 0; i < ends[n].curves.size(); ++i)
                        CHECK(resumed[n].curves[i].values == ends[n].curves[i].values);
                }
            }
    }
    TEST_CASE("without a checkpoint the optimizer would start anew: the test above can fail") {
        const SearchOptions o = small_search();
        Search whole = search(o), first = search(o), second = search(o);
        SearchState state = stopped_at(first, 4);
        for (auto& [name, tensor] : state.tensors)
            if (name == "0/adam.mean") std::memset(tensor.writable(), 0, tensor.spec().bytes());
        second.restore(state);
        CHECK(second.run()[0].picture.rgb != whole.run()[0].picture.rgb);
    }
    TEST_CASE("one that is over gives its result again without a step") {
        SearchOptions o = small_search();
        Search whole = search(o);
        const SearchResult end = whole.run()[0];
        Search again = search(o);
        again.restore(reloaded(whole.state()));
        const SearchResult result = again.run([](const SearchLook&) {
            CHECK(false);
            return true;
        })[0];
        CHECK(result.picture.rgb == end.picture.rgb);
        CHECK(result.curves[2].values == end.curves[2].values);
        // And one that came as far as was wanted.
        o.until = end.curves[1].values[3];
        Search until = search(o), resumed = search(o);
        const SearchResult reached = until.run()[0];
        REQUIRE(reached.end == SearchEnd::reached);
        resumed.restore(reloaded(until.state()));
        const SearchResult same_end = resumed.run()[0];
        CHECK(same_end.end == SearchEnd::reached);
        CHECK(same_end.steps == reached.steps);
        CHECK(same_end.picture.rgb == reached.picture.rgb);
    }
    TEST_CASE("CUDA kernels on the processor go on with the same bytes") {
        SearchOptions o = small_search();
        o.steps = 3;
        Search whole = search(o, 1, &cuda_on_cpu_device()), first = search(o, 1, &cuda_on_cpu_device()),
               second = search(o, 1, &cuda_on_cpu_device());
        second.restore(reloaded(stopped_at(first, 2)));
        CHECK(second.run()[0].picture.rgb == whole.run()[0].picture.rgb);
    }
    TEST_CASE("a state that no such search leaves is refused") {
        Search first = search(small_search(lbfgs(0.5, 3)));
        const SearchState state = stopped_at(first, 4);
        using Tensors = std::vector<std::pair<std::string, Tensor>>;
        constexpr float nan = std::numeric_limits<float>::quiet_NaN();
        CHECK(refused(state, [](Tensors&) {}).empty());
        const auto says = [&](auto change, const std::string& part) {
            const std::string sentence = refused(state, change);
            CHECK_MESSAGE(test::has(sentence, part), sentence);
            CHECK_MESSAGE(test::has(sentence, "run.ckpt: "), sentence);
        };
        says([](Tensors& t) { set(t, "0/numbers", nan); }, "\"0/numbers\" holds NaN");
        says([](Tensors& t) { set(t, "0/lbfgs.history", nan); }, "\"0/lbfgs.history\" holds NaN");
        says([](Tensors& t) { set(t, "0/lbfgs.memory", -5.0); }, "remembers of picture 0");
        says([](Tensors& t) { set(t, "0/lbfgs.memory", 1e18); }, "remembers of picture 0");
        says([](Tensors& t) { set(t, "0/lbfgs.memory", 0.5); }, "remembers of picture 0");
        says([](Tensors& t) { set(t, "0/step", std::int32_t{8}); }, "holds 8, expected 0 to 7");
        says([](Tensors& t) { set(t, "0/step", std::int32_t{-1}); }, "holds -1");
        says([](Tensors& t) { set(t, "0/held", std::int32_t{3}); }, "holds 3, expected 0 to 2");
        says([](Tensors& t) { t[0].first = "0/nambers"; }, "no tensor \"0/numbers\"");
        says([](Tensors& t) { t.pop_back(); }, "no tensor \"0/lbfgs.memory\"");
        says([](Tensors& t) { t.push_back({"0/more", Tensor(Shape{1}, {1.0f})}); }, "found 7 tensors");
        says([](Tensors& t) { t[0].second = Tensor(Shape{1}, {1.0f}); }, "expected");
        says([](Tensors& t) { t[1].second = Tensor(Shape{1}, {1.0f}); }, "\"0/step\" is");
        Search other = search(small_search(adam()));
        CHECK_ERROR(other.restore(reloaded(state)), "no tensor \"0/adam.mean\"");
        Search two = search(small_search(lbfgs(0.5, 3)), 2);
        CHECK_ERROR(two.restore(reloaded(state)), "no tensor \"1/step\"");
    }
}

TEST_SUITE("checkpoint of a dream") {
    TEST_CASE("stopped in its second octave, it goes on with the same bytes") {
        Image photo{.width = 48, .height = 40, .rgb = test::noise(48 * 40 * 3)};
        for (float& v : photo.rgb) v = 0.5f + 0.2f * v;
        for (const bool carried_whole : {false, true}) {
            DreamOptions o{.layers = {{layer, 1}}, .octaves = 3, .steps = 4, .jitter = 5};
            o.whole = carried_whole;
            o.smoothing = 0.5f;
            const DreamResult whole = dream(net(), photo, o, {.threads = 2});
            Checkpoint checkpoint;
            dream(net(), photo, o, {.threads = 2}, false, [&](const DreamStep& s) {
                const bool stop = s.octave == 1 && s.step == 1;
                if (s.look.last || stop) {
                    checkpoint.stages.resize(static_cast<std::size_t>(s.octave) + 1);
                    checkpoint.stages.back() = s.look.state();
                }
                return !stop;
            });
            const test::TempFolder folder;
            save_checkpoint(folder / "run.ckpt", checkpoint);
            o.from = load_checkpoint(folder / "run.ckpt").stages;
            REQUIRE(o.from.size() == 2);
            int steps = 0;
            const DreamResult resumed = dream(net(), photo, o, {.threads = 2}, false, [&](const DreamStep&) {
                ++steps;
                return true;
            });
            CHECK(steps == 6);
            CHECK(resumed.picture.rgb == whole.picture.rgb);
            CHECK(resumed.objectives == whole.objectives);
            REQUIRE(resumed.curves.size() == 3);
            for (std::size_t i = 0; i < 3; ++i) CHECK(resumed.curves[i].values == whole.curves[i].values);
        }
    }
}
