// libgradus_mpi.so: the only file that sees MPI.
#include <mpi.h>

#include <algorithm>
#include <vector>

#include "tools/parallel/mpi_interface.h"

namespace {

constexpr std::int64_t most_at_once = std::int64_t{1} << 18;  // values a process sums in one round
constexpr std::int64_t most_bytes = std::int64_t{1} << 28;    // of one message: MPI counts in int

int processes = 1;

/// Null, or what MPI says of the error.
const char* why(int code) {
    static thread_local char text[MPI_MAX_ERROR_STRING + 1];
    if (code == MPI_SUCCESS) return nullptr;
    int length = 0;
    if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) return "an error that MPI has no words for";
    text[length] = 0;
    return text;
}

const char* start(int* rank, int* size) {
    int threads = 0;
    // One thread at a time calls: that of a plan.
    if (const int code = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &threads)) return why(code);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (const int code = MPI_Comm_rank(MPI_COMM_WORLD, rank)) return why(code);
    if (const int code = MPI_Comm_size(MPI_COMM_WORLD, size)) return why(code);
    processes = *size;
    return nullptr;
}

/// Everybody gets a share of the values from everybody, adds it up by rank, and gives the sums to everybody: a value is
/// summed in one place only, so all have the same bytes, and twice the values travel, however many processes there are.
/// MPI's own sums may take any order.
template <class T>
const char* sum(T* values, std::int64_t n, double factor, MPI_Datatype type) {
    const auto size = static_cast<std::int64_t>(processes);
    std::vector<T> given, got, sums;
    for (std::int64_t done = 0; done < n;) {
        const std::int64_t share = std::min((n - done + size - 1) / size, most_at_once);
        const std::int64_t count = std::min(n - done, share * size);
        given.assign(values + done, values + done + count);
        given.resize(static_cast<std::size_t>(share * size), T(0));  // the last share may be short
        got.resize(given.size());
        sums.resize(static_cast<std::size_t>(share));
        const int each = static_cast<int>(share);
        if (const int code = MPI_Alltoall(given.data(), each, type, got.data(), each, type, MPI_COMM_WORLD))
            return why(code);
        for (std::int64_t i = 0; i < share; ++i) {
            double total = 0;
            for (std::int64_t r = 0; r < size; ++r)
                total += static_cast<double>(got[static_cast<std::size_t>(r * share + i)]);
            sums[static_cast<std::size_t>(i)] = static_cast<T>(factor * total);
        }
        if (const int code = MPI_Allgather(sums.data(), each, type, got.data(), each, type, MPI_COMM_WORLD))
            return why(code);
        std::copy_n(got.begin(), count, values + done);
        done += count;
    }
    return nullptr;
}

const char* sum_f32(float* values, std::int64_t n, double factor) { return sum(values, n, factor, MPI_FLOAT); }
const char* sum_f64(double* values, std::int64_t n, double factor) { return sum(values, n, factor, MPI_DOUBLE); }

const char* broadcast(void* values, std::int64_t bytes) {
    auto* at = static_cast<char*>(values);
    for (std::int64_t done = 0; done < bytes; done += most_bytes) {
        const int count = static_cast<int>(std::min(bytes - done, most_bytes));
        if (const int code = MPI_Bcast(at + done, count, MPI_BYTE, 0, MPI_COMM_WORLD)) return why(code);
    }
    return nullptr;
}

void abort_all(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

const char* finish() { return why(MPI_Finalize()); }

const GradusMpi table = {gradus::gradus_mpi_version, start, sum_f32, sum_f64, broadcast, abort_all, finish};

}  // namespace

extern "C" __attribute__((visibility("default"))) const GradusMpi* gradus_mpi() { return &table; }
