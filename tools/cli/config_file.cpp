#include "tools/cli/config_file.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "tools/cli/describe.h"

namespace gradus {
namespace {

bool is_key(const CLI::App& command, const CLI::Option& option) {
    return &option != command.get_help_ptr() && !option.get_lnames().empty();
}

CLI::Option* option_of(CLI::App& command, const std::string& key) {
    for (CLI::Option* option : command.get_options({}))
        if (is_key(command, *option) && option->check_lname(key)) return option;
    return nullptr;
}

std::vector<CLI::App*> inside(CLI::App& command) {
    return command.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> keys_of(const CLI::App& command) {
    std::vector<std::string> keys;
    for (const CLI::Option* option : command.get_options())
        if (is_key(command, *option)) keys.insert(keys.end(), option->get_lnames().begin(), option->get_lnames().end());
    return keys;
}

/// The keys of all commands inside, sorted.
std::set<std::string> keys_below(CLI::App& command) {
    std::set<std::string> keys;
    for (CLI::App* one : inside(command)) {
        for (std::string& key : keys_of(*one)) keys.insert(std::move(key));
        keys.merge(keys_below(*one));
    }
    return keys;
}

/// CLI11 reads the file; which option a key means, and what is said of one that means none, is decided here.
class ConfigFile : public CLI::ConfigTOML {
public:
    explicit ConfigFile(CLI::App& program) : program_(program) {}

    /// Gives the options their values, and leaves CLI11 nothing to do.
    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
        file_ = program_.get_config_ptr()->as<std::string>();
        std::istringstream lines(std::string{std::istreambuf_iterator<char>(input), {}});
        refuse_deep_names(lines);
        lines.clear();
        lines.seekg(0);
        const std::vector<CLI::ConfigItem> read = CLI::ConfigTOML::from_config(lines);
        // Sections first: what is for one command comes before what is for all.
        for (const CLI::ConfigItem& item : read)
            if (!item.parents.empty() && item.name != "++" && item.name != "--") in_section(item);
        for (const CLI::ConfigItem& item : read)
            if (item.parents.empty()) for_all(item);
        return {};
    }

private:
    /// CLI11 takes a name of n parts apart n times, and keeps all of that; no name of ours has more than three.
    void refuse_deep_names(std::istream& lines) const {
        constexpr std::ptrdiff_t most = 8;
        int number = 1;
        for (std::string line; std::getline(lines, line); ++number) {
            const auto start = line.find_first_not_of(" \t");
            const bool section = start != std::string::npos && line[start] == '[';
            const std::string name = section ? line : line.substr(0, line.find_first_of("=,\"'#;"));
            if (const auto dots = std::ranges::count(name, '.'); dots >= most)
                fail("line {} holds a name of {} parts, expected at most {}", number, dots + 1, most);
        }
    }
    void in_section(const CLI::ConfigItem& item) const {
        CLI::App* command = &program_;
        for (const std::string& name : item.parents) {
            std::vector<std::string> names;
            CLI::App* next = nullptr;
            for (CLI::App* one : inside(*command)) {
                names.push_back(one->get_name());
                if (one->get_name() == name) next = one;
            }
            if (next == nullptr) fail("no command {}; {}", in_quotes(name), nearest(name, names));
            command = next;
        }
        CLI::Option* option = option_of(*command, item.name);
        if (option == nullptr)
            fail("no key {} of {}; {}", in_quotes(item.name), name_of(*command), nearest(item.name, keys_of(*command)));
        set(*command, *option, item);
    }
    void for_all(const CLI::ConfigItem& item) const {
        const std::set<std::string> known = keys_below(program_);
        if (known.count(item.name) == 0)
            fail("no command has a key {}; {}", in_quotes(item.name),
                 nearest(item.name, std::vector<std::string>(known.begin(), known.end())));
        for (CLI::App* command = running(program_); command != nullptr; command = running(*command))
            if (CLI::Option* option = option_of(*command, item.name)) set(*command, *option, item);
    }
    static CLI::App* running(const CLI::App& command) {
        const std::vector<CLI::App*> named = command.get_subcommands();
        return named.empty() ? nullptr : named.front();
    }
    void set(const CLI::App& command, CLI::Option& option, const CLI::ConfigItem& item) const {
        if (command.count_all() == 0 || !option.empty()) return;  // not what runs, or given before
        try {
            if (option.get_expected_min() == 0)
                option.add_result(option.get_flag_value(item.name, to_flag(item)));
            else
                option.add_result(item.inputs);
            option.run_callback();
        } catch (const CLI::ParseError& error) {
            fail("{}", error.what());
        }
    }
    template <class... T>
    [[noreturn]] void fail(fmt::format_string<T...> what, T&&... values) const {
        throw CLI::ConfigError(fmt::format("{}: {}", file_, fmt::format(what, std::forward<T>(values)...)));
    }

    CLI::App& program_;
    mutable std::string file_;
};

}  // namespace

void add_config_file(CLI::App& program) {
    program
        .set_config("--config", "", "read values for options from this file")

        ->type_name("FILE")
        ->check(CLI::ExistingFile.description(""));
    program.config_formatter(std::make_shared<ConfigFile>(program));
}

}  // namespace gradus
