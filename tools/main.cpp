#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <new>

#include "engine/error.h"
#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "tools/cli/commands.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"

namespace {

constexpr int failure = 1, wrong_usage = 2;

int run(int argc, char** argv) {
    CLI::App app(
        "gradus looks inside vision networks: it climbs, step by step, along the gradient of whatever it is asked "
        "for.");
    app.name("gradus");
    app.set_version_flag("--version", std::string("gradus ") + gradus::version());
    app.require_subcommand(1);
    app.option_defaults()->always_capture_default();
    gradus::add_dream(app);
    gradus::add_classify(app);
    gradus::add_layers(app);
    gradus::add_weights(app);
    gradus::add_explain(app);
    gradus::add_doctor(app);
    app.footer("gradus COMMAND --help shows every option with its default.");
    std::vector<std::string> commands;
    for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
    if (argc > 1 && argv[1][0] != '-' && std::find(commands.begin(), commands.end(), argv[1]) == commands.end()) {
        fmt::print(stderr, "gradus: no command {}; {}\n", gradus::in_quotes(argv[1]),
                   gradus::nearest(argv[1], commands));
        return wrong_usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // help and version
        fmt::print(stderr, "gradus: {}\n", error.what());
        return wrong_usage;
    }
    return gradus::interrupted() ? 130 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ,
                SIG_IGN);  // a full file-size limit is then an error with a sentence, not the end of the process
    try {
        return run(argc, argv);
    } catch (const gradus::Error& error) {
        fmt::print(stderr, "gradus: {}\n", error.what());
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "gradus: out of memory; a smaller picture needs less\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "gradus: {}\n", error.what());
    }
    return failure;
}
