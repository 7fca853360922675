// A convolution and its gradients as the formulas say: one thread per value of the result, loops over what it is a sum
// of. For whatever the faster kernels do not take, and to read first.
#include "kernels/cuda/conv2d_finish.cuh"
#include "kernels/cuda/grid.cuh"

namespace gradus::kernels::GRADUS_CUDA {
namespace {

using i64 = std::int64_t;

// y[n,p,q,k] = sum over r, s, c of x[n,h,w,c] w[k,c,r,s], h = p stride + r dilation - pad, w likewise. Neighbors
// compute neighboring k of a pixel: they read the same x, and filters that lie far apart. Traffic: two loads for two
// flops, most of them from the caches. Bound by those.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    conv2d_plain_kernel(Pixels<const T> x, const float* w, Finish<T> finish, Conv2dShape z) {
    const i64 C = z.C / z.groups, K = z.K / z.groups;  // of a group
    for (i64 i = first_element(); i < z.N * z.P * z.Q * z.K; i += grid_stride()) {
        const i64 k = i % z.K, pixel = i / z.K, q = pixel % z.Q, p = pixel / z.Q % z.P, n = pixel / z.Q / z.P;
        float sum = 0.0f;
        for (i64 r = 0; r < z.R; ++r)
            for (i64 s = 0; s < z.S; ++s) {
                const i64 h = p * z.stride_h + r * z.dilation_h - z.pad_h,
                          v = q * z.stride_w + s * z.dilation_w - z.pad_w;
                if (h < 0 || h >= z.H || v < 0 || v >= z.W) continue;
                const T* in = x[(n * z.H + h) * z.W + v] + k / K * C;
                for (i64 c = 0; c < C; ++c) sum += static_cast<float>(in[c]) * w[((k * C + c) * z.R + r) * z.S + s];
            }
        finish.write(pixel, static_cast<int>(k), sum);
    }
}

// dx[n,h,w,c] = sum of dy[n,p,q,k] w[k,c,r,s] over the taps that saw the pixel, and over k. Neighbors compute
// neighboring c: they read the same dy.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    conv2d_plain_input_grad_kernel(Pixels<const T> dy, const float* w, Finish<T> finish, Conv2dShape z) {
    const i64 C = z.C / z.groups, K = z.K / z.groups;
    for (i64 i = first_element(); i < z.N * z.H * z.W * z.C; i += grid_stride()) {
        const i64 channel = i % z.C, pixel = i / z.C, v = pixel % z.W, h = pixel / z.W % z.H, n = pixel / z.W / z.H;
        const i64 group = channel / C, c = channel % C;
        float sum = 0.0f;
        for (i64 r = 0; r < z.R; ++r)
            for (i64 s = 0; s < z.S; ++s) {
                const i64 down = h + z.pad_h - r * z.dilation_h, along = v + z.pad_w - s * z.dilation_w;
                if (down < 0 || down % z.stride_h != 0 || along < 0 || along % z.stride_w != 0) continue;
                const i64 p = down / z.stride_h, q = along / z.stride_w;
                if (p >= z.P || q >= z.Q) continue;
                const T* from = dy[(n * z.P + p) * z.Q + q] + group * K;
                const float* tap = w + ((group * K * C + c) * z.R + r) * z.S + s;
                for (i64 k = 0; k < K; ++k) sum += static_cast<float>(from[k]) * tap[k * C * z.R * z.S];
            }
        finish.write(pixel, static_cast<int>(channel), sum);
    }
}

// dw[k,c,r,s] = sum over all pixels of dy of dy[n,p,q,k] x[n,h,w,c]: each row in f32, the rows in double.
template <class T>
__global__ void __launch_bounds__(threads_per_block)
    conv2d_plain_weight_grad_kernel(Pixels<const T> x, Pixels<const T> dy, float* dw, Conv2dShape z, bool accumulate) {
    const i64 C = z.C / z.groups, K = z.K / z.groups;
    for (i64 i = first_element(); i < z.K * C * z.R * z.S; i += grid_stride()) {
        const i64 s = i % z.S, r = i / z.S % z.R, c = i / z.S / z.R % C, k = i / z.S / z.R / C;
        double sum = accumulate ? static_cast<double>(dw[i]) : 0.0;
        for (i64 n = 0; n < z.N; ++n)
            for (i64 p = 0; p < z.P; ++p) {
                const i64 h = p * z.stride_h + r * z.dilation_h - z.pad_h;
                if (h < 0 || h >= z.H) continue;
                float of_row = 0.0f;
                for (i64 q = 0; q < z.Q; ++q) {
                    const i64 v = q * z.stride_w + s * z.dilation_w - z.pad_w;
                    if (v < 0 || v >= z.W) continue;
                    of_row += static_cast<float>(dy[(n * z.P + p) * z.Q + q][k]) *
                              static_cast<float>(x[(n * z.H + h) * z.W + v][k / K * C + c]);
                }
                sum += static_cast<double>(of_row);
            }
        dw[i] = static_cast<float>(sum);
    }
}

template <class T>
void forward(Pixels<const T> x, const void* w, const float* bias, Pixels<T> y, const Conv2dShape& z,
             const Epilogue<T>& epilogue, Write write, Stream stream) {
    launch(conv2d_plain_kernel<T>, {.blocks = blocks_for(z.N * z.P * z.Q * z.K), .threads = threads_per_block}, stream,
           x, static_cast<const float*>(w), finish(y, bias, epilogue, write, z.K), z);
}
template <class T>
void input_grad(Pixels<const T> dy, const void* w, Pixels<T> dx, const Conv2dShape& z, const Epilogue<T>& epilogue,
                Write write, Stream stream) {
    launch(conv2d_plain_input_grad_kernel<T>,
           {.blocks = blocks_for(z.N * z.H * z.W * z.C), .threads = threads_per_block}, stream, dy,
           static_cast<const float*>(w), finish(dx, nullptr, epilogue, write, z.C), z);
}
template <class T>
void weight_grad(Pixels<const T> x, Pixels<const T> dy, float* dw, const Conv2dShape& z, Write write, Stream stream) {
    launch(conv2d_plain_weight_grad_kernel<T>,
           {.blocks = blocks_for(z.K * (z.C / z.groups) * z.R * z.S), .threads = threads_per_block}, stream, x, dy, dw,
           z, write == Write::accumulate);
}

}  // namespace

void conv2d_plain(Pixels<const float> x, const void* w, const float* bias, Pixels<float> y, const Conv2dShape& z,
                  const Epilogue<float>& epilogue, Write write, std::byte*, Stream stream) {
    forward(x, w, bias, y, z, epilogue, write, stream);
}
void conv2d_plain(Pixels<const bf16> x, const void* w, const float* bias, Pixels<bf16> y, const Conv2dShape& z,
                  const Epilogue<bf16>& epilogue, Write write, std::byte*, Stream stream) {
    forward(x, w, bias, y, z, epilogue, write, stream);
}
void conv2d_plain_input_grad(Pixels<const float> dy, const void* w, Pixels<float> dx, const Conv2dShape& z,
                             const Epilogue<float>& epilogue, Write write, std::byte*, Stream stream) {
    input_grad(dy, w, dx, z, epilogue, write, stream);
}
void conv2d_plain_input_grad(Pixels<const bf16> dy, const void* w, Pixels<bf16> dx, const Conv2dShape& z,
                             const Epilogue<bf16>& epilogue, Write write, std::byte*, Stream stream) {
    input_grad(dy, w, dx, z, epilogue, write, stream);
}
void conv2d_plain_weight_grad(Pixels<const float> x, Pixels<const float> dy, float* dw, const Conv2dShape& z,
                              Write write, std::byte*, Stream stream) {
    weight_grad(x, dy, dw, z, write, stream);
}
void conv2d_plain_weight_grad(Pixels<const bf16> x, Pixels<const bf16> dy, float* dw, const Conv2dShape& z, Write write,
                              std::byte*, Stream stream) {
    weight_grad(x, dy, dw, z, write, stream);
}

}  // namespace gradus::kernels::GRADUS_CUDA
