// Stands in for libgradus_mpi.so: two processes, of which the other one has whatever this one has. What goes wrong is
// named by GRADUS_FAKE_MPI.
#include <cstdlib>
#include <string>

#include "tools/parallel/mpi_interface.h"

namespace {

bool asked_for(const char* failure) {
    const char* text = std::getenv("GRADUS_FAKE_MPI");
    return text != nullptr && std::string(text) == failure;
}

const char* start(int* rank, int* size) {
    *rank = 1;
    *size = asked_for("another MPI") ? 1 : 2;
    return asked_for("no start") ? "no network" : nullptr;
}

template <class T>
const char* sum(T* values, std::int64_t n, double factor) {
    if (asked_for("no sum")) return "the other one is gone";
    for (std::int64_t i = 0; i < n; ++i) values[i] = static_cast<T>(factor * (2 * static_cast<double>(values[i])));
    return nullptr;
}

const char* broadcast(void*, std::int64_t) { return asked_for("no broadcast") ? "the first one is gone" : nullptr; }
void abort_all(int) {}
const char* finish() { return nullptr; }

GradusMpi table = {gradus::gradus_mpi_version, start, sum<float>, sum<double>, broadcast, abort_all, finish};

}  // namespace

extern "C" const GradusMpi* gradus_mpi() {
    table.version = gradus::gradus_mpi_version + (asked_for("another version") ? 1 : 0);
    return &table;
}
