#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/fuzz/targets.h"
#include "tools/cli/options.h"

// A file of configuration, for commands with options of every kind. It is one in memory only.
void gradus::fuzz::configuration(Bytes bytes) {
    const int file = memfd_create("configuration", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return;
    std::vector<std::string> words{"gradus", "dream", "a.png", "--config", "/proc/self/fd/" + std::to_string(file)};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    int steps = 10;
    double rate = 0.5;
    std::uint64_t seed = 0;
    std::string picture, output, net, profile;
    std::vector<std::string> layers{"a", "b"};
    bool quiet = false;
    const auto add = [&](Command app) {
        Command dream = app.command("dream", "a dream");
        dream.option("picture", picture, "a picture").required();
        dream.option("-o,--output", output, "a file");
        dream.option("--steps", steps, "a count").within(1, 1000);
        dream.option("--rate", rate, "a number").within(0.0, 1.0);
        dream.option("--seed", seed, "a large number");
        dream.option("--layer", layers, "names");
        dream.option("--net", net, "a choice").one_of({"vgg16", "lenet"});
        dream.flag("--quiet", quiet, "a flag");
        dream.flag("--profile", profile, "a flag with a value");
        dream.runs([dream] { (void)dream.values(); });
        app.command("train", "a group").command("classifier", "inside").option("--steps", steps, "a count");
    };
    run_command_line(static_cast<int>(words.size()), argv.data(), "looks", "gradus 0", add);
    close(file);
}
