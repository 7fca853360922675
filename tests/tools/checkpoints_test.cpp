#include "tools/cli/checkpoints.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/temp_folder.h"
#include "tools/cli/progress.h"

using namespace gradus;

TEST_SUITE("checkpoints") {
    TEST_CASE("interrupted before the first look, a resumed run leaves the checkpoint that it came from") {
        const test::TempFolder folder;
        Tensor step(Spec(Shape{1}, DType::i32));
        step.values_to_write<std::int32_t>()[0] = 3;
        save_checkpoint(folder / "was.ckpt", {.stages = {{.tensors = {{"0/step", step}}}}});
        const CheckpointFlags flags{.checkpoint = (folder / "is.ckpt").string(),
                                    .resume = (folder / "was.ckpt").string()};
        // An interruption stays with a process: one of its own.
        const pid_t child = fork();
        if (child == 0) {
            Checkpoints checkpoints(
                flags, [] { return RunSettings{}; }, 1, true);
            catch_interrupts();
            std::raise(SIGINT);
            checkpoints.finish();
            _exit(0);
        }
        REQUIRE(child > 0);
        int status = 0;
        REQUIRE(waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        CHECK(test::file_bytes(folder / "is.ckpt") == test::file_bytes(folder / "was.ckpt"));
        CHECK(folder.files() == 2);
    }
}
