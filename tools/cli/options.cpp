#include "tools/cli/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "tools/cli/config_file.h"
#include "tools/cli/describe.h"
#include "tools/help/screen.h"
#include "tools/tell.h"

namespace gradus {
namespace {

/// As the help shows it: "1 to 32", or "0 or more" where the end only keeps out what is absurd.
template <class T>
CLI::Validator range(T lowest, T highest) {
    return CLI::Range(lowest, highest)
        .description(highest < 1000000 ? fmt::format("{} to {}", lowest, highest) : fmt::format("{} or more", lowest));
}

}  // namespace

Option& Option::required() {
    option_->required();
    return *this;
}
Option& Option::within(int lowest, int highest) {
    option_->check(range(lowest, highest));
    return *this;
}
Option& Option::within(double lowest, double highest) {
    // Of no number at all every comparison is false, so that it lies in every range.
    option_->check([](const std::string& text) {
        double value = 0;
        return CLI::detail::lexical_cast(text, value) && std::isnan(value) ? "Value " + text + " is no number"
                                                                           : std::string();
    });
    option_->check(range(lowest, highest));
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
    CLI::Option* option = app_->add_option(name, value, what)->capture_default_str();
    if constexpr (std::is_unsigned_v<T>)  // "-1" would become the largest
        option->check([](const std::string& text) {
            return text.find('-') == std::string::npos ? "" : "Value " + text + " is negative, expected 0 or more";
        });
    return Option(option);
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
void Command::example(const std::string& text) {
    const std::string before = app_->get_footer();
    app_->footer(before.empty() ? text : before + "\n" + text);
}
void Command::defaults_from_environment(const std::vector<std::pair<std::string, std::string>>& variables) {
    app_->preparse_callback([app = app_, variables](std::size_t) {
        for (const auto& [name, variable] : variables) {
            const char* text = std::getenv(variable.c_str());
            if (text == nullptr || *text == '\0') continue;
            try {
                app->get_option(name)->run_callback_for_default()->default_val(std::string(text));
            } catch (const CLI::ParseError& error) {
                throw CLI::ValidationError(variable, error.what());
            }
        }
    });
}
CommandPage Command::page() const { return describe(*app_); }
void Command::runs(std::function<void()> what) { app_->callback(std::move(what)); }
std::string Command::name() const { return app_->get_name(); }
std::string Command::full_name() const { return name_of(*app_); }

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

namespace {

/// What the command line has too much of: "dream: no option "--octavs"; the nearest is "--octaves"".
std::string unexpected(const CLI::App& program) {
    const CLI::App* command = &program;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    const std::string word = program.remaining(true).front();
    if (word.size() < 2 || word.front() != '-')
        return fmt::format("{}: {} is one argument too many", name_of(*command), in_quotes(word));
    std::vector<std::string> names;
    for (const CLI::App* with : {command, &program})
        for (const OptionEntry& option : describe(*with).options)
            if (!option.by_place) names.push_back(option.names.back());
    const std::string name = word.substr(0, word.find('='));
    return fmt::format("{}: no option {}; {}", name_of(*command), in_quotes(name), nearest(name, names));
}

std::string help(const CLI::App* command, const std::string&, CLI::AppFormatMode) {
    return one_screen(describe(*command));
}

}  // namespace

int run_command_line(int argc, char** argv, const std::string& about, const std::string& version,
                     const std::function<void(Command)>& add_commands) {
    constexpr int wrong_usage = 2;
    CLI::App app(about);
    app.name("gradus");
    app.set_version_flag("--version", version)->description("which version this is");
    app.set_help_flag("-h,--help", "this page");
    app.formatter_fn(help);
    app.fallthrough();  // --config may stand behind the command
    add_config_file(app);
    add_commands(Command(&app));
    const CLI::App* within = &app;
    for (int i = 1; i < argc && argv[i][0] != '-' && !within->get_subcommands({}).empty(); ++i) {
        std::vector<std::string> commands;
        for (const CLI::App* command : within->get_subcommands({})) commands.push_back(command->get_name());
        if (std::find(commands.begin(), commands.end(), argv[i]) == commands.end()) {
            tell("gradus: no command {}; {}\n", in_quotes(argv[i]), nearest(argv[i], commands));
            return wrong_usage;
        }
        within = within->get_subcommand(argv[i]);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ExtrasError&) {
        tell("gradus: {}\n", unexpected(app));
        return wrong_usage;
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);  // help and version
        tell("gradus: {}\n", error.what());
        return wrong_usage;
    }
    return 0;
}

}  // namespace gradus
