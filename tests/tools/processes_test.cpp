#include "tools/parallel/processes.h"

#include <stdlib.h>

#include <fstream>

#include "engine/plan.h"
#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tools/parallel/open_module.h"

using namespace gradus;

namespace {

/// An environment variable that goes away with its test.
struct Variable {
    Variable(const char* name_, const char* text) : name(name_) { setenv(name, text, 1); }
    ~Variable() { unsetenv(name); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    const char* name;
};

/// This program under mpirun, in two processes that run the test cases of one suite of two_processes_test.cpp. What
/// doctest says of process n goes into the folder's n.txt.
test::Ran in_two_processes(const std::string& suite, const test::TempFolder& folder) {
    const auto process = [&](const char* n) {
        return " -n 1 '" GRADUS_BINARY_DIR "/bin/gradus_tests' --no-colors=1 --test-suite='" + suite + "' --out='" +
               (folder / n).string() + ".txt'";
    };
    const std::string command =
        "ASAN_OPTIONS=detect_leaks=0 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "
        "OMPI_MCA_rmaps_base_oversubscribe=1 timeout -k 5 120 '" GRADUS_MPIEXEC "'" +
        process("0") + " :" + process("1") + " 2>&1";
    return test::run_in_shell(command);
}

constexpr bool have_mpi = sizeof(GRADUS_MPIEXEC) > 1;
const std::string an_mpi = "an MPI to build the module with";

}  // namespace

TEST_SUITE("processes") {
    TEST_CASE("alone, nothing is loaded and nothing changes") {
        const Processes alone(std::vector<std::filesystem::path>{});
        CHECK(alone.rank() == 0);
        CHECK(alone.size() == 1);
        CHECK(alone.first());
        Tensor t({3}, {1, 2, 3});
        const std::uint64_t version = t.version();
        alone.mean(t);
        alone.broadcast(t);
        CHECK(t.version() == version);
        CHECK(alone.mean(0.1) == 0.1);
        CHECK(!alone.shared());
        Graph g;
        const Var x = g.leaf(t);
        CHECK(mean_over_processes(x, alone).id == x.id);
        const Variable one("OMPI_COMM_WORLD_SIZE", "1");
        CHECK(Processes(std::vector<std::filesystem::path>{}).size() == 1);
    }
    TEST_CASE("knows who started it") {
        CHECK(processes_started() == 1);
        const Variable slurm("SLURM_STEP_NUM_TASKS", "3");
        CHECK(processes_started() == 1);  // not for MPI
        const Variable pmix("PMIX_RANK", "0");
        CHECK(processes_started() == 3);
        const Variable mpich("PMI_SIZE", "4");
        CHECK(processes_started() == 4);
        const Variable open_mpi("OMPI_COMM_WORLD_SIZE", "5");
        CHECK(processes_started() == 5);
        CHECK(rank_on_this_machine() == 0);
        const Variable local("OMPI_COMM_WORLD_LOCAL_RANK", "3");
        CHECK(rank_on_this_machine() == 3);
        const Variable nonsense("OMPI_COMM_WORLD_SIZE", "-2");
        CHECK(processes_started() == 1);
        CHECK(rank_on_this_machine() == 0);
    }
    TEST_CASE("says what is missing, in one sentence") {
        const test::TempFolder folder;
        const auto start = [&] { Processes({folder / "a", folder / "b"}); };
        const Variable four("PMI_SIZE", "4");
        CHECK_ERROR(start(), "started by mpirun with 4 processes, but libgradus_mpi.so is not there: looked in " +
                                 (folder / "a").string() + " and " + (folder / "b").string());
        std::filesystem::create_directory(folder / "b");
        folder.write("b/libgradus_mpi.so", "no library");
        CHECK_ERROR(start(), "b/libgradus_mpi.so cannot be opened: ");
    }
    TEST_CASE("works with any module of this interface, and says what goes wrong") {
        const std::vector<std::filesystem::path> fake{std::filesystem::path(GRADUS_FAKE_MPI).parent_path()};
        const Variable two("OMPI_COMM_WORLD_SIZE", "2");
        {
            const Processes both(fake);
            CHECK(both.rank() == 1);
            CHECK(both.size() == 2);
            Graph g;
            const Var x = g.leaf(Tensor({2}, {1, 3})), y = both.shared()(x);
            CHECK(value(y).values<float>()[1] == 3);
            CHECK(value(y, {.kernels = KernelFilter("reference")}).values<float>()[1] == 3);
            CHECK(value(y, {.device = &cuda_on_cpu_device()}).values<float>()[1] == 3);
            Tensor whole(Spec(Shape{1}, DType::i32));
            both.broadcast(whole);
            CHECK_ERROR(both.mean(whole), "the mean over processes: was given i32 (1), expected f32 or f64");
            CHECK_ERROR(mean_over_processes(g.leaf(whole), both), "mean_over_processes: was given i32 (1)");
            const Variable wrong("GRADUS_FAKE_MPI", "no sum");
            CHECK_ERROR(value(y), "the processes of this run cannot add up: the other one is gone");
            CHECK_ERROR(both.mean(1.0), "one of them may have ended");
        }
        const auto failing = [&](const char* how) {
            const Variable wrong("GRADUS_FAKE_MPI", how);
            return test::error_of(
                [&] { Processes(fake).broadcast(*std::make_unique<Tensor>(Shape{1}, std::vector{1.0f})); });
        };
        CHECK(test::has(failing("no start"), "with 2 processes, but MPI does not start: no network"));
        CHECK(test::has(failing("another MPI"), "with 2 processes, but MPI knows of 1"));
        CHECK(test::has(failing("another version"), "belongs to another version of gradus"));
        CHECK(test::has(failing("no broadcast"), "cannot share what the first one has: the first one is gone"));
    }
    TEST_CASE("two of them compute what one computes") {
        SKIP_WITHOUT(have_mpi, an_mpi);
        const test::TempFolder folder;
        const test::Ran ran = in_two_processes("one of two processes", folder);
        CAPTURE(ran.said);
        CHECK(ran.code == 0);
        for (const char* file : {"0.txt", "1.txt"}) {
            const std::string report = test::file_bytes(folder / file);
            CAPTURE(report);
            CHECK(test::has(report, "6 passed | 0 failed"));
        }
    }
    TEST_CASE("one that is killed ends the others") {
        SKIP_WITHOUT(have_mpi, an_mpi);
        const test::Ran ran = in_two_processes("one of two processes while the other is killed", test::TempFolder());
        CAPTURE(ran.said);
        CHECK(ran.code != 0);
        CHECK(ran.code != 124);  // that of timeout
        CHECK(test::has(ran.said, "both are here"));
        CHECK(!test::has(ran.said, "still here"));
    }
    TEST_CASE("one that fails says why, and ends the others") {
        SKIP_WITHOUT(have_mpi, an_mpi);
        const test::Ran ran = in_two_processes("one of two processes while the other fails", test::TempFolder());
        CAPTURE(ran.said);
        CHECK(ran.code == 1);
        CHECK(test::has(ran.said, "photos: no such folder"));
        CHECK(!test::has(ran.said, "still here"));
    }
}
