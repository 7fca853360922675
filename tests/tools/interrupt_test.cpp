// Ctrl-C as early as it can be seen: the signal waits, blocked, when the program starts, and arrives where it is
// caught.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <vector>

#include "tests/env.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tools/image/image.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

/// The exit code of gradus in a folder, interrupted before it starts; what it says goes to the file "said".
int interrupted_in(const fs::path& folder, const std::string& arguments, const fs::path& weights, int number = SIGINT) {
    std::vector<std::string> words{GRADUS_BINARY_DIR "/bin/gradus"};
    std::istringstream rest(arguments);
    for (std::string word; rest >> word;) words.push_back(word);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        sigset_t signal;
        sigemptyset(&signal);
        sigaddset(&signal, number);
        sigprocmask(SIG_BLOCK, &signal, nullptr);
        kill(getpid(), number);
        setenv("GRADUS_WEIGHTS", weights.c_str(), 1);
        const int said = chdir(folder.c_str()) == 0 ? open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
        if (said >= 0 && dup2(said, STDOUT_FILENO) >= 0 && dup2(said, STDERR_FILENO) >= 0) execv(argv[0], argv.data());
        _exit(127);
    }
    REQUIRE(child > 0);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Image bars() {
    Image image{.width = 32, .height = 32, .rgb = {}};
    for (int i = 0; i < 32 * 32 * 3; ++i) image.rgb.push_back(0.5f + 0.3f * std::sin(0.05f * static_cast<float>(i)));
    return image;
}

}  // namespace

TEST_SUITE("interrupts") {
    TEST_CASE("before anything was computed nothing is written, and an older picture stays") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const auto weights = test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        const std::string besides =
            " --net squeezenet1_1 --steps 2 -o x.png --report x.html --profile=x.json --checkpoint x.ckpt";
        for (const std::string& run : {"invert photo.png --layer fire2/concat --csv x.csv" + besides,
                                       "visualize --layer fire2/concat --channel 3 --size 32" + besides}) {
            CAPTURE(run);
            CHECK(interrupted_in(folder / ".", run, *weights) == 130);
            CHECK(test::file_bytes(folder / "said").empty());
            CHECK(folder.files() == 2);  // photo.png, said
            folder.write("x.png", "an older picture");
            CHECK(interrupted_in(folder / ".", run, *weights) == 130);
            CHECK(test::file_bytes(folder / "x.png") == "an older picture");
            CHECK(folder.files() == 3);
            fs::remove(folder / "x.png");
        }
    }
    TEST_CASE("the step that a run is in is saved, and the other photographs are left") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const auto weights = test::weights_dir();
        SKIP_WITHOUT(weights && fs::exists(*weights / "squeezenet1_1.safetensors"), "squeezenet1_1.safetensors");
        const test::TempFolder folder;
        fs::create_directory(folder / "in");
        save_image(folder / "in/a.png", bars());
        save_image(folder / "in/b.png", bars());
        const std::string run = "climb in -o out --net squeezenet1_1 --objective energy(fire2/concat) --steps 1000";
        for (const int number : {SIGINT, SIGTERM}) {
            CHECK(interrupted_in(folder / ".", run, *weights, number) == 130);
            CHECK(fs::exists(folder / "out/a.png"));
            CHECK(!fs::exists(folder / "out/b.png"));
            CHECK(test::file_bytes(folder / "said").find("climb: 1 picture in ") != std::string::npos);
            fs::remove_all(folder / "out");
        }
    }
}
