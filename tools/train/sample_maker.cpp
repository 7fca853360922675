#include "tools/train/sample_maker.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/require.h"
#include "tools/train/mixup.h"

namespace gradus {

namespace {

/// The shorter side of a picture that samples are made from: twice theirs, and more where they show small parts, so
/// that those need not grow.
int enough(const LoaderOptions& o) {
    const double least_part = o.training ? std::sqrt(o.augment.least_area) : 1;
    return static_cast<int>(std::ceil(o.size * std::max(2.0, 1 / least_part)));
}

}  // namespace

SampleMaker::SampleMaker(Dataset data, const LoaderOptions& o)
    : options_(o),
      store_(std::move(data.samples), enough(o), o.memory),
      values_(static_cast<std::size_t>(o.size) * static_cast<std::size_t>(o.size) * 3),
      batches_((store_.size() + (o.training ? 0 : o.batch - 1)) / o.batch) {}

std::vector<int> SampleMaker::order(int epoch) const {
    if (options_.training) return permutation(store_.size(), Draws("order", options_.seed, epoch, 0));
    std::vector<int> all(static_cast<std::size_t>(store_.size()));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

double SampleMaker::weight(int epoch, int batch) const {
    if (!options_.training || options_.mixup <= 0) return 1;
    return mixup_weight(options_.mixup, Draws("mixup", options_.seed, epoch, batch));
}

std::int32_t SampleMaker::from_place(const std::vector<int>& order, int epoch, int place, std::span<float> to) {
    const int n = store_.size();
    for (int further = 0; further < n; ++further) {
        const int sample = order[static_cast<std::size_t>((place + further) % n)];
        const auto picture = store_.picture(sample);
        if (!picture) continue;
        augment(*picture, options_.size, options_.augment, Draws("augment", options_.seed, epoch, sample), to.data());
        return store_.label(sample);
    }
    throw Error(fmt::format("train: none of {} pictures can be read; the first: {}", n, store_.unreadable().at(0)));
}

SampleMaker::Labels SampleMaker::make(const std::vector<int>& order, int epoch, int batch, int row,
                                      std::span<float> to) {
    const int first = batch * options_.batch;
    if (!options_.training) {
        const int sample = first + row;
        const auto picture = sample < store_.size() ? store_.picture(sample) : nullptr;
        if (!picture) {
            std::ranges::fill(to, 0.5f);
            return {};
        }
        fit(*picture, options_.size, to.data());
        return {store_.label(sample)};
    }
    Labels labels{from_place(order, epoch, first + row, to)};
    if (options_.mixup > 0) {  // with the next row's sample, made once more: it may be another process's
        std::vector<float> other(values_);
        labels.other = from_place(order, epoch, first + (row + 1) % options_.batch, other);
        const auto own = static_cast<float>(weight(epoch, batch));
        for (std::size_t i = 0; i < values_; ++i) to[i] = own * to[i] + (1 - own) * other[i];
    }
    return labels;
}

}  // namespace gradus
