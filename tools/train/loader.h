#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/tensor.h"
#include "tools/train/augment.h"
#include "tools/train/dataset.h"

namespace gradus {

struct LoaderOptions {
    int size = 64;         // of a sample, pixels a side
    int batch = 64;        // samples, of all processes together
    bool training = true;  // else all pictures as they are, in the order of the data set
    AugmentOptions augment = {};
    double mixup = 0;  // alpha, 0 to 1: each sample is laid over another one; 0: none is
    std::uint64_t seed = 0;
    int threads = 2;  // that decode and augment
    int ahead = 3;    // so many batches
    /// Bytes of decoded pictures that are kept. Those far larger than samples are kept at half their size, or less.
    std::size_t memory = std::size_t{2} << 30;
    int rank = 0, ranks = 1;  // process 0, 1 ... of so many makes its part of each batch
};

/// Batches of a data set, in the order of training, made by threads ahead of time. What a batch holds is a function of
/// the data set, the options, the epoch and the batch's number: not of threads, of where the loader started, or of how
/// many processes share it.
///
/// In training each epoch goes through the samples in an order of its own; those that fill no last batch are left out.
/// A picture that cannot be read is replaced by the next one in that order. Otherwise every sample comes once; the rows
/// that are left over at the end, and those of unreadable pictures, are gray and have the label -1.
///
/// cost      per 64 x 64 sample about 0.1 ms of a thread, decoding aside
class Loader {
public:
    /// throws    "train: was given 20 pictures, expected at least one batch of 64"; for options that make no sense
    Loader(Dataset data, const LoaderOptions& options);
    ~Loader();
    Loader(Loader&&) noexcept;

    /// Of an epoch.
    int batches() const;

    /// What next() gives is batch `batch` of this epoch; 0 and 0 at first.
    void start_at(int epoch, int batch);

    struct Batch {
        int epoch = 0, batch = 0;
        int samples = 0;    // rows that are pictures
        double weight = 1;  // of the labels; what is missing to 1 is that of the second labels
    };
    /// Writes the next batch's part of this process, batch / ranks = N rows: pictures (N,size,size,3), f32 or f64,
    /// 0..1; labels, i32 (N). With mixup each picture is weight times its own and 1 - weight times another one, and the
    /// loss that is meant is weight cross_entropy(scores, labels) + (1 - weight) cross_entropy(scores, second_labels).
    ///
    /// throws    for tensors of other shapes, for second labels that are missing, when no picture can be read, and
    ///           whatever ended a thread
    Batch next(Tensor& pictures, Tensor& labels, Tensor* second_labels = nullptr);

    /// A sentence for each picture that could not be read so far.
    std::vector<std::string> unreadable() const;
    /// Bytes of decoded pictures that are kept.
    std::size_t kept() const;

private:
    struct Work;
    std::unique_ptr<Work> work_;
};

}  // namespace gradus
