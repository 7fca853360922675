#include "ops/note.h"

#include "engine/candidates.h"
#include "engine/require.h"
#include "engine/shapes.h"
#include "kernels/note.h"
#include "ops/numbers.h"

namespace gradus {

Var note(Var table, Var row, const std::vector<Var>& values) {
    static const auto run = [](kernels::Note* kernel, const Call& c) {
        kernel(pointer<float>(c.out[0]), pointer<const std::int32_t>(c.in[1]), numbers_at(c.in.subspan(2)),
               c.out[0].spec.shape[0], c.stream);
    };
    static const Op op{
        .name = "note",
        .infer = [](const Problem& p) -> std::vector<Spec> {
            const Spec &rows = p.in[0], &at = p.in[1];
            const auto k = static_cast<std::int64_t>(p.in.size()) - 2;
            require(rows.dtype == DType::f32 && rows.shape.rank() == 2 && rows.shape[1] == k,
                    "note: was given the table {} for {} values, expected f32 (rows, {})", to_string(rows), k, k);
            require(at == Spec(Shape{1}, DType::i32), "note: was given the row {}, expected i32 (1)", to_string(at));
            return like_first(p);
        },
        // A handful of numbers: on the processor the plain loop is the fast one.
        .candidates = candidates(run, CUDA(Note, note),
                                 Entry<kernels::Note>{"reference", DeviceKind::cpu, &kernels::reference::note}),
        .cost =
            [](const Problem& p) {
                const auto k = static_cast<double>(p.out[0].shape[1]);
                return Cost{.bytes = 8 * k};
            },
        .kind = OpKind::assign};
    require(table.graph->value(table.id).node < 0, "note: was given a table that an op makes, expected a leaf");
    require(!values.empty(), "note: was given no value, expected at least one");
    require_numbers("note", values);
    std::vector<Var> in{table, row};
    in.insert(in.end(), values.begin(), values.end());
    return call(op, in);
}

}  // namespace gradus
