#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/targets.h"
#include "tools/cli/options.h"

// A command line, one word a line, for a command with options of every kind.
void gradus::fuzz::configuration(Bytes bytes) {
    std::vector<std::string> words{"gradus"};
    std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (!rest.empty()) {
        const auto end = rest.substr(0, rest.find('\n'));
        words.emplace_back(end.substr(0, end.find('\0')));
        rest.remove_prefix(std::min(rest.size(), end.size() + 1));
    }
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    int steps = 10;
    double rate = 0.5;
    std::uint64_t seed = 0;
    std::string picture, output, profile;
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
        dream.option("--net", picture, "a choice").one_of({"vgg16", "lenet"});
        dream.flag("--quiet", quiet, "a flag");
        dream.flag("--profile", profile, "a flag with a value");
        dream.runs([dream] { (void)dream.values(); });
    };
    run_command_line(static_cast<int>(words.size()), argv.data(), "looks", "gradus 0", add);
}
