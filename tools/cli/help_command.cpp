#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "tools/cli/commands.h"
#include "tools/cli/recipe.h"
#include "tools/help/completion.h"
#include "tools/help/man.h"
#include "tools/help/screen.h"
#include "tools/help/topics.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
    OutputFile file(path);
    file.write(std::as_bytes(std::span(text)));
    file.commit();
}

/// The manual: a page for the program, and one for each command.
void write_manual(const CommandPage& program, const fs::path& folder) {
    const std::string release = fmt::format("gradus {}", version());
    write(folder / man_file(program), man_page(program, release, topics()));
    for (const CommandPage& command : program.commands) write(folder / man_file(command), man_page(command, release));
}

std::string overview(const CommandPage& program) {
    std::string text = one_screen(program) + "\nTopics of `gradus help TOPIC`:\n";
    for (const Topic& topic : topics()) text += fmt::format("  {:<28}{}\n", topic.name, topic.what);
    return text;
}

/// About a command, one inside another, or a topic.
std::string about(const CommandPage& program, const std::vector<std::string>& words) {
    if (words.empty()) return overview(program);
    const std::string wanted = fmt::format("{}", fmt::join(words, " "));
    std::vector<std::string> names;
    for (const Topic& topic : topics()) {
        if (topic.name == wanted) return topic_text(topic);
        names.push_back(topic.name);
    }
    std::vector<const CommandPage*> pages = leaves(program);
    for (const CommandPage& command : program.commands)
        if (!command.commands.empty()) pages.push_back(&command);
    for (const CommandPage* page : pages) {
        if (page->name == wanted) return whole_page(*page);
        names.push_back(page->name);
    }
    throw Error(fmt::format("help: no topic {}; {}", in_quotes(wanted), nearest(wanted, names)));
}

}  // namespace

void add_help(Command app) {
    struct Options {
        std::vector<std::string> topic = {};
        std::string man;
    };
    auto o = std::make_shared<Options>();
    Command command = app.command("help", "all about a command or a topic");
    command.option("topic", o->topic, "a command, or configuration, environment, weights, devices, exit-status");
    command.option("--man", o->man, "write the manual's pages into this folder instead");
    command.example("gradus help dream");
    command.runs([app, o] {
        if (o->man.empty())
            fmt::print("{}", about(app.page(), o->topic));
        else
            write_manual(app.page(), o->man);
    });
}

void add_completion(Command app) {
    auto shell = std::make_shared<std::string>();
    Command command = app.command("completion", "a script that completes gradus's command line in a shell");
    command.option("shell", *shell, "which shell").required().one_of({"bash", "zsh", "fish"});
    command.example("gradus completion bash > ~/.local/share/bash-completion/completions/gradus");
    command.runs([app, shell] { fmt::print("{}", completion(app.page(), *shell)); });
}

}  // namespace gradus
