#include "ops/pool2d.h"

#include "engine/require.h"

namespace gradus {
namespace {

/// How many windows there are along one axis.
std::int64_t windows(std::int64_t size, std::int64_t taps, std::int64_t stride, std::int64_t pad, bool ceil) {
    std::int64_t count = (size + 2 * pad - taps + (ceil ? stride - 1 : 0)) / stride + 1;
    if ((count - 1) * stride >= size + pad) --count;
    return count;
}

}  // namespace

kernels::Pool2dShape pool2d_shape(std::string_view who, const Shape& x, const Pool2dOptions& o) {
    require(x.rank() == 4, "{}: was given {}, expected (N,H,W,C)", who, to_string(x));
    require(o.size.h > 0 && o.size.w > 0 && o.stride.h > 0 && o.stride.w > 0,
            "{}: the window is {}x{} and the stride {}x{}, expected at least 1x1", who, o.size.h, o.size.w, o.stride.h,
            o.stride.w);
    require(o.pad.h >= 0 && o.pad.w >= 0 && o.pad.h < o.size.h && o.pad.w < o.size.w,
            "{}: the padding is {}x{}, expected less than the window, {}x{}", who, o.pad.h, o.pad.w, o.size.h,
            o.size.w);
    require(x[1] + 2 * o.pad.h >= o.size.h && x[2] + 2 * o.pad.w >= o.size.w,
            "{}: a window of {}x{} does not fit into {} with a padding of {}x{}", who, o.size.h, o.size.w, to_string(x),
            o.pad.h, o.pad.w);
    return {.N = x[0],
            .H = x[1],
            .W = x[2],
            .C = x[3],
            .P = windows(x[1], o.size.h, o.stride.h, o.pad.h, o.ceil),
            .Q = windows(x[2], o.size.w, o.stride.w, o.pad.w, o.ceil),
            .R = o.size.h,
            .S = o.size.w,
            .stride_h = o.stride.h,
            .stride_w = o.stride.w,
            .pad_h = o.pad.h,
            .pad_w = o.pad.w};
}

}  // namespace gradus
