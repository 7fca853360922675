#include "tools/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <sstream>

#include "engine/in_quotes.h"
#include "engine/nearest.h"

namespace gradus {

Option& Option::required() {
    option_->required();
    return *this;
}
Option& Option::within(int lowest, int highest) {
    option_->check(CLI::Range(lowest, highest));
    return *this;
}
Option& Option::within(double lowest, double highest) {
    option_->check(CLI::Range(lowest, highest));
    return *this;
}
Option& Option::one_of(const std::vector<std::string>& choices) {
    option_->check(CLI::IsMember(choices));
    return *this;
}
Option& Option::seen(std::function<void(const std::string&)> what) {
    option_->each(std::move(what));
    return *this;
}
Option& Option::under(const std::string& heading) {
    option_->group(heading);
    return *this;
}

Command Command::command(const std::string& name, const std::string& what) {
    app_->require_subcommand(1);
    return Command(app_->add_subcommand(name, what));
}
template <class T>
Option Command::option(const std::string& name, T& value, const std::string& what) {
    return Option(app_->add_option(name, value, what)->capture_default_str());
}
template Option Command::option(const std::string&, int&, const std::string&);
template Option Command::option(const std::string&, float&, const std::string&);
template Option Command::option(const std::string&, double&, const std::string&);
template Option Command::option(const std::string&, std::uint64_t&, const std::string&);
template Option Command::option(const std::string&, std::string&, const std::string&);
template Option Command::option(const std::string&, std::vector<std::string>&, const std::string&);

Option Command::flag(const std::string& name, bool& value, const std::string& what) {
    return Option(app_->add_flag(name, value, what));
}
Option Command::flag(const std::string& name, std::string& value, const std::string& what) {
    return Option(app_->add_flag(name, value, what)->default_str(""));
}
void Command::example(const std::string& text) { app_->footer("Example: " + text); }
void Command::runs(std::function<void()> what) { app_->callback(std::move(what)); }
std::string Command::name() const { return app_->get_name(); }
std::string Command::full_name() const {
    std::string name = app_->get_name();
    for (const CLI::App* above = app_->get_parent(); above && above->get_parent(); above = above->get_parent())
        name = above->get_name() + " " + name;
    return name;
}

namespace {

/// The default of a list comes as "[a,b]".
std::vector<std::string> default_values(const std::string& text) {
    if (text.front() != '[' || text.back() != ']') return {text};
    std::vector<std::string> all;
    std::istringstream list(text.substr(1, text.size() - 2));
    for (std::string one; std::getline(list, one, ',');) all.push_back(one);
    return all;
}

}  // namespace

std::vector<OptionValue> Command::values() const {
    std::vector<OptionValue> all;
    for (const CLI::Option* option : app_->get_options()) {
        if (option->get_name() == "--help" || option->get_name().empty()) continue;
        OptionValue value{.name = option->get_name()};
        value.flag = option->get_expected_min() == 0 && option->get_expected_max() == 0;
        value.by_place = option->get_positional();
        value.given = option->count() > 0;
        if (value.given)
            value.values = option->results();
        else if (!option->get_default_str().empty())
            value.values = default_values(option->get_default_str());
        all.push_back(std::move(value));
    }
    return all;
}

void Command::means(const std::string& option, const std::vector<std::string>& values) const {
    app_->get_option(option)->default_str(fmt::format("[{}]", fmt::join(values, ",")));
}

int run_command_line(int argc, char** argv, const std::string& about, const std::string& version,
                     const std::function<void(Command)>& add_commands) {
    constexpr int wrong_usage = 2;
    CLI::App app(about);
    app.name("gradus");
    app.set_version_flag("--version", version);
    add_commands(Command(&app));
    app.footer("gradus COMMAND --help shows every option with its default.");
    std::vector<std::string> commands;
    for (const CLI::App* command : app.get_subcommands({})) commands.push_back(command->get_name());
    if (argc > 1 && argv[1][0] != '-' && std::find(commands.begin(), commands.end(), argv[1]) == commands.end()) {
        fmt::print(stderr, "gradus: no command {}; {}\n", in_quotes(argv[1]), nearest(argv[1], commands));
        return wrong_usage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // help and version
        fmt::print(stderr, "gradus: {}\n", error.what());
        return wrong_usage;
    }
    return 0;
}

}  // namespace gradus
