#include "tools/train/loader.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "engine/require.h"
#include "tools/train/sample_maker.h"

namespace gradus {
namespace {

void check(const Dataset& data, const LoaderOptions& o) {
    check_augment(o.augment, o.size);
    require(o.batch >= 1, "train: was given batches of {} samples, expected at least 1", o.batch);
    require(o.ranks >= 1 && o.rank >= 0 && o.rank < o.ranks, "train: is process {} of {}, expected 0 to {}", o.rank,
            o.ranks, o.ranks - 1);
    require(o.batch % o.ranks == 0, "train: was given batches of {} for {} processes, expected as many for each",
            o.batch, o.ranks);
    require(o.mixup >= 0 && o.mixup <= 1, "train: was given a mixup of {}, expected 0 to 1", o.mixup);
    require(o.threads >= 1 && o.ahead >= 1, "train: was given {} threads that load {} batches ahead, expected some",
            o.threads, o.ahead);
    const std::size_t least = o.training ? static_cast<std::size_t>(o.batch) : 1;
    require(data.samples.size() >= least, "train: was given {} pictures, expected at least {}", data.samples.size(),
            o.training ? fmt::format("one batch of {}", o.batch) : "one");
}

template <class T>
void copy(const std::vector<T>& from, Tensor& to) {
    std::ranges::copy(from, to.values_to_write<T>().begin());
}

}  // namespace

/// Batch t = epoch batches + batch lies in slot t modulo their number. Threads take row after row, batch after batch,
/// as long as the batch's slot is free; `next` waits for the oldest batch.
struct Loader::Work {
    struct Slot {
        std::vector<float> pictures;
        std::vector<std::int32_t> labels, second_labels;
        std::shared_ptr<const std::vector<int>> order;
        int missing = 0;  // rows
    };
    LoaderOptions options;
    SampleMaker maker;
    int rows;  // of a batch, here
    std::vector<Slot> ring;

    std::mutex mutex;  // of all below, and of who owns which slot
    std::condition_variable room, ready;
    std::int64_t given = 0;  // the batch that is given next
    std::int64_t taken = 0;  // the row that is made next, t rows + its place
    bool stopped = true;
    std::exception_ptr failure;
    int epoch_of_order = -1;
    std::shared_ptr<const std::vector<int>> order;
    std::vector<std::thread> threads;

    Work(Dataset data, const LoaderOptions& o)
        : options(o), maker(std::move(data), o), rows(o.batch / o.ranks), ring(static_cast<std::size_t>(o.ahead)) {
        for (Slot& slot : ring) {
            slot.pictures.resize(static_cast<std::size_t>(rows) * maker.values());
            slot.labels.resize(static_cast<std::size_t>(rows));
            slot.second_labels.resize(static_cast<std::size_t>(rows));
        }
    }
    ~Work() { stop(); }

    int epoch_of(std::int64_t t) const { return static_cast<int>(t / maker.batches()); }
    int batch_of(std::int64_t t) const { return static_cast<int>(t % maker.batches()); }
    Slot& slot_of(std::int64_t t) { return ring[static_cast<std::size_t>(t) % ring.size()]; }

    void start() {
        if (!stopped) return;
        stopped = false;
        failure = nullptr;
        taken = given * rows;
        for (int i = 0; i < options.threads; ++i) threads.emplace_back([this] { make_rows(); });
    }
    void stop() {
        {
            const std::lock_guard lock(mutex);
            stopped = true;
        }
        room.notify_all();
        for (std::thread& thread : threads) thread.join();
        threads.clear();
    }

    void make_rows() {
        std::unique_lock lock(mutex);
        while (true) {
            room.wait(lock, [&] { return stopped || taken / rows < given + std::ssize(ring); });
            if (stopped) return;
            const std::int64_t t = taken / rows;
            const int row = static_cast<int>(taken % rows);
            ++taken;
            Slot& slot = slot_of(t);
            if (row == 0) {
                slot.missing = rows;
                slot.order = order_of(epoch_of(t));
            }
            lock.unlock();
            std::exception_ptr thrown;
            try {
                make(slot, t, row);
            } catch (...) {
                thrown = std::current_exception();
            }
            lock.lock();
            if (thrown) failure = thrown;
            if (--slot.missing == 0 || thrown) ready.notify_all();
        }
    }
    void make(Slot& slot, std::int64_t t, int row) {
        const auto at = static_cast<std::size_t>(row);
        const std::span<float> pixels = std::span(slot.pictures).subspan(at * maker.values(), maker.values());
        const auto labels = maker.make(*slot.order, epoch_of(t), batch_of(t), options.rank * rows + row, pixels);
        slot.labels[at] = labels.own;
        slot.second_labels[at] = labels.other;
    }
    const std::shared_ptr<const std::vector<int>>& order_of(int epoch) {
        if (epoch != epoch_of_order) order = std::make_shared<const std::vector<int>>(maker.order(epoch));
        epoch_of_order = epoch;
        return order;
    }
    bool is_ready(std::int64_t t) { return taken >= (t + 1) * rows && slot_of(t).missing == 0; }
};

Loader::Loader(Dataset data, const LoaderOptions& options) {
    check(data, options);
    work_ = std::make_unique<Work>(std::move(data), options);
}
Loader::~Loader() = default;
Loader::Loader(Loader&&) noexcept = default;

int Loader::batches() const { return work_->maker.batches(); }

void Loader::start_at(int epoch, int batch) {
    require(epoch >= 0 && batch >= 0 && batch < batches(),
            "train: was asked to start at batch {} of epoch {}, expected 0 to {}, of 0 or more", batch, epoch,
            batches() - 1);
    const std::int64_t t = std::int64_t{epoch} * batches() + batch;
    if (t == work_->given) return;  // what is there ahead stays
    work_->stop();
    work_->given = t;
}

Loader::Batch Loader::next(Tensor& pictures, Tensor& labels, Tensor* second_labels) {
    Work& w = *work_;
    const int size = w.options.size;
    require(pictures.shape() == Shape{w.rows, size, size, 3} && labels.spec() == Spec(Shape{w.rows}, DType::i32),
            "train: was given pictures {} and labels {}, expected ({}, {}, {}, 3) and i32 ({})",
            to_string(pictures.spec()), to_string(labels.spec()), w.rows, size, size, w.rows);
    const bool mixed = w.options.training && w.options.mixup > 0;
    require(!mixed || (second_labels != nullptr && second_labels->spec() == labels.spec()),
            "train: mixes samples, and was given no second labels i32 ({})", w.rows);
    {
        std::unique_lock lock(w.mutex);
        w.start();
        w.ready.wait(lock, [&] { return w.failure || w.is_ready(w.given); });
        if (w.failure) std::rethrow_exception(w.failure);
    }
    // The slot is ours until `given` moves on.
    const Work::Slot& slot = w.slot_of(w.given);
    if (pictures.dtype() == DType::f64)
        std::ranges::copy(slot.pictures, pictures.values_to_write<double>().begin());
    else
        copy(slot.pictures, pictures);
    copy(slot.labels, labels);
    if (mixed) copy(slot.second_labels, *second_labels);
    const int epoch = w.epoch_of(w.given), batch = w.batch_of(w.given);
    const auto there = std::ranges::count_if(slot.labels, [](std::int32_t label) { return label >= 0; });
    {
        const std::lock_guard lock(w.mutex);
        ++w.given;
    }
    w.room.notify_all();
    return {epoch, batch, static_cast<int>(there), w.maker.weight(epoch, batch)};
}

std::vector<std::string> Loader::unreadable() const { return work_->maker.store().unreadable(); }
std::size_t Loader::kept() const { return work_->maker.store().bytes(); }

}  // namespace gradus
