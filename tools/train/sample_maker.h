#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "tools/train/loader.h"
#include "tools/train/picture_store.h"

namespace gradus {

/// What stands in one row of a batch, as a function of the epoch, the batch and the row. Any thread may ask.
class SampleMaker {
public:
    SampleMaker(Dataset data, const LoaderOptions& options);

    int batches() const { return batches_; }
    std::size_t values() const { return values_; }  // of a sample
    PictureStore& store() { return store_; }

    /// The samples of an epoch, in order.
    std::vector<int> order(int epoch) const;
    /// How much of a batch's mixed samples is their own; 1 without mixup.
    double weight(int epoch, int batch) const;

    struct Labels {
        std::int32_t own = -1, other = -1;
    };
    /// Writes the row of a batch (of all processes) whose place in `order` follows from both.
    Labels make(const std::vector<int>& order, int epoch, int batch, int row, std::span<float> to);

private:
    std::int32_t from_place(const std::vector<int>& order, int epoch, int place, std::span<float> to);
    LoaderOptions options_;
    PictureStore store_;
    std::size_t values_;
    int batches_;
};

}  // namespace gradus
