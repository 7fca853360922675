// What is opened at run time, with libraries of our own in the place of cuDNN and cuBLAS: fake/, which compute on the
// host.
#include "kernels/vendor/libraries.h"

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "kernels/vendor/cublas_matmul.h"
#include "kernels/vendor/cudnn_conv2d.h"
#include "tests/env.h"

using namespace gradus;
using namespace gradus::kernels;

namespace {

constexpr std::array fake = {"libgradus_is_not_there.so.9", GRADUS_FAKE_VENDOR};
constexpr std::array old = {GRADUS_FAKE_OLD_VENDOR};
constexpr std::array nowhere = {"libgradus_is_not_there.so.9", "libgradus_is_not_there.so.8"};
constexpr std::array not_a_library = {GRADUS_SOURCE_DIR "/README.md"};

std::string file_name(const char* path) {
    const std::string text = path;
    return text.substr(text.rfind('/') + 1);
}

/// Values in [-1, 1) as the kernels read them and in f64.
template <class T>
struct Values {
    explicit Values(std::int64_t size, unsigned seed = 1) {
        std::mt19937 rng(seed);
        for (std::int64_t i = 0; i < size; ++i) {
            given.push_back(T(static_cast<float>(rng() >> 8) * 0x1p-23f - 1.0f));
            exact.push_back(static_cast<double>(static_cast<float>(given.back())));
        }
    }
    double error() const {
        double error = 0, norm = 0;
        for (std::size_t i = 0; i < exact.size(); ++i) {
            const double d = static_cast<double>(static_cast<float>(given[i])) - exact[i];
            error += d * d;
            norm += exact[i] * exact[i];
        }
        return std::isnan(error) ? HUGE_VAL : std::sqrt(error / norm);
    }
    std::vector<T> given;
    std::vector<double> exact;
};

/// Three convolutions: odd sizes; strides, not square; groups and dilation.
constexpr std::array convolutions = {
    Conv2dShape{.N = 2, .H = 5, .W = 7, .C = 3, .K = 4, .R = 3, .S = 3, .P = 5, .Q = 7, .pad_h = 1, .pad_w = 1},
    Conv2dShape{.N = 1,
                .H = 11,
                .W = 14,
                .C = 4,
                .K = 6,
                .R = 3,
                .S = 2,
                .P = 4,
                .Q = 7,
                .stride_h = 3,
                .stride_w = 2,
                .pad_h = 1,
                .pad_w = 0},
    Conv2dShape{.N = 1,
                .H = 6,
                .W = 5,
                .C = 4,
                .K = 6,
                .R = 2,
                .S = 3,
                .P = 4,
                .Q = 5,
                .pad_h = 0,
                .pad_w = 2,
                .dilation_h = 2,
                .dilation_w = 2,
                .groups = 2}};

/// A convolution and its gradients by cuDNN's functions, as their users call them, against the reference.
template <class T>
struct Check {
    const vendor::Loaded<vendor::Cudnn>& library;
    const Conv2dShape& z;
    double allowed = sizeof(T) == 2 ? 1e-2 : 1e-6;
    std::vector<std::byte> scratch = {};

    std::int64_t x_size() const { return z.N * z.H * z.W * z.C; }
    std::int64_t y_size() const { return z.N * z.P * z.Q * z.K; }
    std::int64_t w_size() const { return z.K * z.C / z.groups * z.R * z.S; }

    std::shared_ptr<const vendor::CudnnConv2d> made(vendor::CudnnPass pass) {
        vendor::CudnnHandle handle = nullptr;
        library.call.cudnnCreate(&handle);
        const vendor::CudnnConv2dMade made =
            vendor::cudnn_conv2d(library.call, handle, z, {.pass = pass, .in_bf16 = sizeof(T) == 2});
        REQUIRE(made.why_not == "");
        scratch.resize(vendor::cudnn_scratch_bytes(*made.kernel));
        return made.kernel;
    }
    std::vector<T> packed(const Values<float>& w) const {
        std::vector<T> krsc(w.given.size());
        (sizeof(T) == 2 ? cuda_on_cpu::conv2d_krsc_pack_bf16 : cuda_on_cpu::conv2d_krsc_pack)(w.given.data(),
                                                                                              krsc.data(), z, {});
        return krsc;
    }

    void forward(Write write) {
        const Values<T> x(x_size());
        const Values<float> w(w_size());
        Values<T> y(y_size());
        reference::conv2d<double>({x.exact.data(), z.C}, w.exact.data(), nullptr, {y.exact.data(), z.K}, z, {}, write,
                                  nullptr, {});
        const auto kernel = made(vendor::CudnnPass::forward);
        CHECK(vendor::cudnn_run(*kernel, x.given.data(), packed(w).data(), y.given.data(), write, scratch.data()) ==
              nullptr);
        CHECK(y.error() <= allowed);
    }
    void fused() {
        const Values<T> x(x_size()), bias(z.K);
        const Values<float> w(w_size());
        Values<T> y(y_size());
        reference::conv2d<double>({x.exact.data(), z.C}, w.exact.data(), bias.exact.data(), {y.exact.data(), z.K}, z,
                                  {.relu = true}, Write::overwrite, nullptr, {});
        const auto kernel = made(vendor::CudnnPass::forward);
        const auto run = [&](bool relu) {
            return vendor::cudnn_run_fused(*kernel, x.given.data(), packed(w).data(), bias.given.data(), relu,
                                           y.given.data(), scratch.data());
        };
        CHECK(run(true) == nullptr);
        CHECK(y.error() <= allowed);
        CHECK(std::string(run(false)) == "FAKE_CUDNN_NOT_SUPPORTED");
    }
    void input_grad(Write write) {
        const Values<T> dy(y_size());
        const Values<float> w(w_size());
        Values<T> dx(x_size());
        reference::conv2d_input_grad<double>({dy.exact.data(), z.K}, w.exact.data(), {dx.exact.data(), z.C}, z, {},
                                             write, nullptr, {});
        const auto kernel = made(vendor::CudnnPass::input_grad);
        CHECK(vendor::cudnn_run(*kernel, dy.given.data(), packed(w).data(), dx.given.data(), write, scratch.data()) ==
              nullptr);
        CHECK(dx.error() <= allowed);
    }
    void weight_grad(Write write) {
        const Values<T> x(x_size(), 1), dy(y_size(), 2);
        Values<float> dw(w_size());
        reference::conv2d_weight_grad<double>({x.exact.data(), z.C}, {dy.exact.data(), z.K}, dw.exact.data(), z, write,
                                              nullptr, {});
        const auto kernel = made(vendor::CudnnPass::weight_grad);
        std::vector<T> krsc(dw.given.size());
        CHECK(vendor::cudnn_run(*kernel, x.given.data(), dy.given.data(), krsc.data(), Write::overwrite,
                                scratch.data()) == nullptr);
        cuda_on_cpu::conv2d_krsc_unpack(krsc.data(), dw.given.data(), z, write, {});
        CHECK(dw.error() <= allowed);
    }
    void all() {
        for (const Write write : {Write::overwrite, Write::accumulate}) {
            forward(write);
            input_grad(write);
            weight_grad(write);
        }
        fused();
    }
};

}  // namespace

TEST_SUITE("vendor libraries") {
    TEST_CASE("one that is not there is missed by its names") {
        const auto library = vendor::load_cudnn(nowhere);
        CHECK(library.why_not == "libgradus_is_not_there.so.9 or libgradus_is_not_there.so.8 is not on this machine");
        CHECK(library.version == "");
        CHECK(vendor::load_cublas(nowhere).why_not == library.why_not);
    }
    TEST_CASE("one that lacks a function is too old, one that is no library says so") {
        CHECK(vendor::load_cudnn(old).why_not ==
              std::string(GRADUS_FAKE_OLD_VENDOR) + " has no cudnnGetErrorString: another version is needed");
        const std::string why_not = vendor::load_cublas(not_a_library).why_not;
        CHECK_MESSAGE(why_not.find("README.md cannot be opened: ") != std::string::npos, why_not);
    }
    TEST_CASE("the first name that is found serves, with its version") {
        const auto dnn = vendor::load_cudnn(fake);
        CHECK(dnn.why_not == "");
        CHECK(file_name(dnn.version.c_str()) == file_name(GRADUS_FAKE_VENDOR) + ", 9.13.2");
        const auto blas = vendor::load_cublas(fake);
        CHECK(blas.why_not == "");
        CHECK(file_name(blas.version.c_str()) == file_name(GRADUS_FAKE_VENDOR) + ", 13.14.15");
    }
    TEST_CASE("on this machine each is found or missed, with one sentence") {
        CHECK(vendor::cudnn().version.empty() != vendor::cudnn().why_not.empty());
        CHECK(vendor::cublas().version.empty() != vendor::cublas().why_not.empty());
    }
    TEST_CASE("convolutions and their gradients are asked for as the reference means them") {
        const auto library = vendor::load_cudnn(fake);
        for (const Conv2dShape& z : convolutions) {
            CAPTURE(z.K);
            Check<float>{library, z}.all();
            Check<bf16>{library, z}.all();
        }
    }
    TEST_CASE("matrix products are asked for as the reference means them") {
        const auto library = vendor::load_cublas(fake);
        vendor::CublasHandle handle = nullptr;
        library.call.cublasCreate_v2(&handle);
        std::vector<std::byte> scratch(vendor::cublas_scratch_bytes);
        for (const bool ta : {false, true})
            for (const bool tb : {false, true})
                for (const Write write : {Write::overwrite, Write::accumulate}) {
                    const MatmulShape z{.M = 3, .N = 5, .K = 7, .transpose_a = ta, .transpose_b = tb};
                    const std::int64_t batch = 2;
                    const Values<float> a(batch * z.M * z.K, 1), b(batch * z.K * z.N, 2);
                    Values<float> y(batch * z.M * z.N, 3);
                    for (std::int64_t i = 0; i < batch; ++i)
                        reference::matmul<double>({a.exact.data() + i * z.M * z.K, ta ? z.M : z.K},
                                                  {b.exact.data() + i * z.K * z.N, tb ? z.K : z.N},
                                                  y.exact.data() + i * z.M * z.N, z, write, nullptr, {});
                    CHECK(vendor::cublas_matmul(library.call, handle, a.given.data(), b.given.data(), y.given.data(), z,
                                                batch, false, write, scratch.data()) == nullptr);
                    CHECK(y.error() <= 5e-7);
                }
    }
}
