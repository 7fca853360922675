// GPUs that work together, with a library of our own in the place of NCCL (fake/nccl.cpp), which computes on the host.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <array>
#include <numeric>
#include <vector>

#include "tests/error.h"
#include "tools/parallel/gpu_group.h"
#include "tools/parallel/group.h"
#include "tools/parallel/open_module.h"

#if __has_include(<cuda_runtime_api.h>) && __has_include(<nccl.h>)
#include <nccl.h>
static_assert(sizeof(gradus::NcclId) == sizeof(ncclUniqueId));
static_assert(static_cast<int>(gradus::NcclType::f32) == ncclFloat32);
static_assert(static_cast<int>(gradus::NcclType::f64) == ncclFloat64);
static_assert(static_cast<int>(gradus::NcclOperation::mean) == ncclAvg);
#endif

using namespace gradus;

namespace {

constexpr std::array fake = {"libgradus_is_not_there.so.2", GRADUS_FAKE_NCCL};

}  // namespace

TEST_SUITE("nccl") {
    TEST_CASE("takes means of what lies on GPUs, and says what goes wrong") {
        const LoadedNccl library = load_nccl(fake);
        CHECK(test::has(library.version, ", 2.21.5"));
        REQUIRE(library.why_not == "");
        const Group group(open_module({std::filesystem::path(GRADUS_FAKE_MPI).parent_path()}, 2), 2);
        {
            const GpuGroup gpus(group, library);
            std::vector<float> x(1001), y(1001);
            std::iota(x.begin(), x.end(), -7.0f);
            gpus.mean(x.data(), y.data(), 1001, nullptr);
            for (std::size_t i = 0; i < x.size(); ++i) CHECK(y[i] == 2 * x[i]);
            std::vector<double> z{0.1, -3};
            gpus.mean(z.data(), z.data(), 2, nullptr);
            CHECK(z == std::vector{0.2, -6.0});
            setenv("GRADUS_FAKE_NCCL", "no sum", 1);
            CHECK_ERROR(gpus.mean(z.data(), z.data(), 2, nullptr),
                        "the GPUs of this run cannot add up: NCCL says \"FAKE_NCCL_FAILED\"");
        }
        setenv("GRADUS_FAKE_NCCL", "no start", 1);
        CHECK_ERROR(GpuGroup(group, library), "the GPUs of this run cannot meet: NCCL says");
        setenv("GRADUS_FAKE_NCCL", "an old version", 1);
        CHECK(test::has(load_nccl(fake).why_not, "2.7.8 is older than 2.10"));
        unsetenv("GRADUS_FAKE_NCCL");
        constexpr std::array nowhere = {"libgradus_is_not_there.so.2"};
        CHECK_ERROR(GpuGroup(group, load_nccl(nowhere)),
                    "the GPUs of this run cannot meet: libgradus_is_not_there.so.2 is not on this machine");
    }
}
