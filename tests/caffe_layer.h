#pragma once
// Compares an op with what Caffe's own layer computed, files of GRADUS_SHARED/reference/caffe-layers.
#include <functional>

#include "tests/check.h"
#include "tests/env.h"
#include "tests/npy.h"

namespace gradus::test {

/// An array (N,C,H,W) as (N,H,W,C), in f64.
inline Tensor from_nchw(const Tensor& x) {
    const Shape& s = x.shape();
    Tensor y(Spec({s[0], s[2], s[3], s[1]}, DType::f64));
    const auto from = x.values<double>();
    const auto to = y.values_to_write<double>();
    std::size_t i = 0;
    for (std::int64_t n = 0; n < s[0]; ++n)
        for (std::int64_t h = 0; h < s[2]; ++h)
            for (std::int64_t w = 0; w < s[3]; ++w)
                for (std::int64_t c = 0; c < s[1]; ++c)
                    to[i++] = from[static_cast<std::size_t>(((n * s[1] + c) * s[2] + h) * s[3] + w)];
    return y;
}

/// f of the layers' common input against layer_NAME.npy, in f64 and in f32: 1e-6, for Caffe computed in f32.
inline void check_caffe_layer(const std::string& name, const std::function<Var(Var)>& f) {
    const auto folder = *shared_dir() / "reference" / "caffe-layers";
    const Tensor x = from_nchw(read_npy(folder / "blob.npy"));
    const Tensor expected = from_nchw(read_npy(folder / ("layer_" + name + ".npy")));
    for (const DType dtype : {DType::f64, DType::f32}) {
        CAPTURE(name);
        CAPTURE(to_string(dtype));
        Graph g;
        CHECK(relative_error(value(f(g.leaf(x.to(dtype)))), expected) <= 1e-6);
    }
}

}  // namespace gradus::test
