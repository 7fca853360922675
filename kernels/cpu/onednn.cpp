#include "kernels/cpu/onednn.h"

#include <omp.h>

#include <exception>
#include <unordered_map>

#if __has_include(<oneapi/dnnl/dnnl.hpp>)
#include <oneapi/dnnl/dnnl.hpp>
#else
#include <dnnl.hpp>
#endif

namespace gradus::kernels::cpu {
namespace {

using dnnl::memory;
using Dims = memory::dims;
using Type = memory::data_type;
using Tag = memory::format_tag;

const dnnl::engine& engine() {
    static const dnnl::engine the{dnnl::engine::kind::cpu, 0};
    return the;
}

// oneDNN asks OpenMP how many threads there are, both when it makes a kernel and when it runs one.
class Threads {
public:
    explicit Threads(int threads) : before(omp_get_max_threads()) { omp_set_num_threads(threads); }
    ~Threads() { omp_set_num_threads(before); }
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

private:
    int before;
};

// The problem in oneDNN's words. Filters may take any form; dilation 1 is its 0; the padding behind follows from P and
// Q.
struct Problem {
    memory::desc x, w, plain_w, bias, y;
    Dims strides, dilations, before, after;
    dnnl::primitive_attr attributes;
};

Problem problem(const Conv2dShape& z, const OnednnConv2dOptions& o) {
    const Type type = o.stored_in_bf16 ? Type::bf16 : Type::f32;
    const Dims filters =
        z.groups > 1 ? Dims{z.groups, z.K / z.groups, z.C / z.groups, z.R, z.S} : Dims{z.K, z.C, z.R, z.S};
    Problem p;
    p.x = {{z.N, z.C, z.H, z.W}, type, Tag::nhwc};
    p.y = {{z.N, z.K, z.P, z.Q}, type, Tag::nhwc};
    p.w = {filters, type, Tag::any};
    p.plain_w = {filters, Type::f32, z.groups > 1 ? Tag::goihw : Tag::oihw};
    if (o.bias) p.bias = {{z.K}, Type::f32, Tag::x};
    p.strides = {z.stride_h, z.stride_w};
    p.dilations = {z.dilation_h - 1, z.dilation_w - 1};
    p.before = {z.pad_h, z.pad_w};
    p.after = {(z.P - 1) * z.stride_h + z.dilation_h * (z.R - 1) + 1 - z.H - z.pad_h,
               (z.Q - 1) * z.stride_w + z.dilation_w * (z.S - 1) + 1 - z.W - z.pad_w};
    p.attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return p;
}

constexpr auto direct = dnnl::algorithm::convolution_direct;

#if DNNL_VERSION_MAJOR >= 3

dnnl::convolution_forward::primitive_desc forward(const Problem& p, const dnnl::primitive_attr& attributes) {
    return {engine(),    dnnl::prop_kind::forward_inference,
            direct,      p.x,
            p.w,         p.bias,
            p.y,         p.strides,
            p.dilations, p.before,
            p.after,     attributes};
}
dnnl::convolution_backward_data::primitive_desc input_grad(const Problem& p) {
    return {engine(), direct, p.x, p.w, p.y, p.strides, p.dilations, p.before, p.after, forward(p, {}), p.attributes};
}
void append_relu(dnnl::post_ops& ops) { ops.append_eltwise(dnnl::algorithm::eltwise_relu, 0, 0); }

#else

dnnl::convolution_forward::primitive_desc forward(const Problem& p, const dnnl::primitive_attr& attributes) {
    return {
        {dnnl::prop_kind::forward_inference, direct, p.x, p.w, p.bias, p.y, p.strides, p.dilations, p.before, p.after},
        attributes,
        engine()};
}
dnnl::convolution_backward_data::primitive_desc input_grad(const Problem& p) {
    return {{direct, p.x, p.w, p.y, p.strides, p.dilations, p.before, p.after}, p.attributes, engine(), forward(p, {})};
}
void append_relu(dnnl::post_ops& ops) { ops.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0); }

#endif

}  // namespace

struct OnednnConv2d {
    OnednnPass pass;
    memory::desc first, weights, plain_w, bias, out, scratchpad;
    dnnl::primitive primitive, reorder;  // reorder: plain to packed filters
    std::string implementation;
};

namespace {

template <class Primitive, class Description>
void take(OnednnConv2d& k, const Description& description) {
    k.implementation = description.impl_info_str();
    k.scratchpad = description.scratchpad_desc();
    k.primitive = Primitive(description);
}

void make(OnednnConv2d& k, Problem p, const OnednnConv2dOptions& o) {
    k.pass = o.pass;
    k.plain_w = p.plain_w;
    k.bias = p.bias;
    if (o.pass == OnednnPass::forward) {
        dnnl::post_ops ops;
        if (o.write == Write::accumulate) ops.append_sum(1);
        if (o.relu) append_relu(ops);
        p.attributes.set_post_ops(ops);
        const auto d = forward(p, p.attributes);
        take<dnnl::convolution_forward>(k, d);
        k.first = d.src_desc(), k.weights = d.weights_desc(), k.out = d.dst_desc();
    } else {
        const auto d = input_grad(p);
        take<dnnl::convolution_backward_data>(k, d);
        k.first = d.diff_dst_desc(), k.weights = d.weights_desc(), k.out = d.diff_src_desc();
    }
    k.reorder = dnnl::reorder(dnnl::reorder::primitive_desc(engine(), k.plain_w, engine(), k.weights));
}

memory at(const memory::desc& d, const void* data) { return {d, engine(), const_cast<void*>(data)}; }

// oneDNN reports by exceptions; ours leave no kernel.
template <class F>
bool succeeds(const F& f) {
    try {
        f();
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace

OnednnConv2dMade onednn_conv2d(const Conv2dShape& z, const OnednnConv2dOptions& o) {
    if (o.pass == OnednnPass::input_grad && o.write == Write::accumulate) return {nullptr, "cannot add to its output"};
    try {
        const Threads threads(o.threads);
        auto kernel = std::make_shared<OnednnConv2d>();
        make(*kernel, problem(z, o), o);
        // "gemm:ref", on aarch64, splits its sums among threads, too: another number of them gives other bytes.
        if (kernel->implementation.find("ref") != std::string::npos)
            return {nullptr, "oneDNN has only its reference loops for it"};
        return {std::move(kernel), {}};
    } catch (const std::exception& e) {
        return {nullptr, std::string("oneDNN: ") + e.what()};
    }
}

bool onednn_is_sound() {
    const dnnl_version_t* version = dnnl_version();
    return version->major > 2 || (version->major == 2 && version->minor >= 6);
}

const std::string& onednn_implementation(const OnednnConv2d& k) { return k.implementation; }

std::string onednn_packed_form(const OnednnConv2d& k) {
    std::string form;
    const auto say = [&](const auto& numbers, int count) {
        for (int i = 0; i < count; ++i) form += std::to_string(numbers[i]) + " ";
        form += "| ";
    };
#if DNNL_VERSION_MAJOR >= 3
    const int rank = k.weights.get_ndims(), blocks = k.weights.get_inner_nblks();
    say(k.weights.get_padded_dims(), rank);
    say(k.weights.get_strides(), rank);
    say(k.weights.get_inner_blks(), blocks);
    say(k.weights.get_inner_idxs(), blocks);
    form += std::to_string(static_cast<int>(k.weights.get_data_type()));
#else
    const dnnl_memory_desc_t& d = k.weights.data;
    const dnnl_blocking_desc_t& b = d.format_desc.blocking;
    say(d.padded_dims, d.ndims);
    say(b.strides, d.ndims);
    say(b.inner_blks, b.inner_nblks);
    say(b.inner_idxs, b.inner_nblks);
    form += std::to_string(d.data_type);
#endif
    return form;
}

std::size_t onednn_packed_bytes(const OnednnConv2d& k) { return k.weights.get_size(); }

std::size_t onednn_scratch_bytes(const OnednnConv2d& k) { return k.scratchpad.get_size(); }

bool onednn_pack(const OnednnConv2d& k, const float* w, void* packed, Stream stream) {
    return succeeds([&] {
        const Threads threads(stream.threads);
        dnnl::stream queue(engine());
        k.reorder.execute(queue, {{DNNL_ARG_FROM, at(k.plain_w, w)}, {DNNL_ARG_TO, at(k.weights, packed)}});
        queue.wait();
    });
}

bool onednn_run(const OnednnConv2d& k, const void* first, const void* second, const float* bias, void* out,
                std::byte* scratch, Stream stream) {
    return succeeds([&] {
        const Threads threads(stream.threads);
        dnnl::stream queue(engine());
        std::unordered_map<int, memory> arguments;
        arguments.emplace(DNNL_ARG_SCRATCHPAD, at(k.scratchpad, scratch));
        const bool forward = k.pass == OnednnPass::forward;
        arguments.emplace(forward ? DNNL_ARG_SRC : DNNL_ARG_DIFF_DST, at(k.first, first));
        arguments.emplace(DNNL_ARG_WEIGHTS, at(k.weights, second));
        arguments.emplace(forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_SRC, at(k.out, out));
        if (bias) arguments.emplace(DNNL_ARG_BIAS, at(k.bias, bias));
        k.primitive.execute(queue, arguments);
        queue.wait();
    });
}

}  // namespace gradus::kernels::cpu
