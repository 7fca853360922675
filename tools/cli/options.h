#pragma once
// The command line, written down command by command. CLI11 reads it; only options.cpp knows, since its headers take a
// compiler longer than any command of ours.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tools/help/command_page.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace gradus {

/// An option, or an argument known by its place.
class Option {
public:
    explicit Option(CLI::Option* option) : option_(option) {}
    Option& required();
    /// Refuses values outside; the help shows both ends.
    Option& within(int lowest, int highest);
    Option& within(double lowest, double highest);
    Option& one_of(const std::vector<std::string>& choices);
    /// Called with what was given, while the command line is read; may throw.
    Option& seen(std::function<void(const std::string&)> what);
    /// The heading in the help.
    Option& under(const std::string& heading);

private:
    CLI::Option* option_;
};

/// What a flag is given that stands alone.
constexpr const char* flag_alone = "true";

/// What an option was given, or else its default.
struct OptionValue {
    std::string name;  // "--size"; of an argument known by its place, what the help calls it
    std::vector<std::string> values = {};
    bool flag = false, by_place = false, given = false;
};

/// A command with its options. A handle: copies are the same command.
class Command {
public:
    explicit Command(CLI::App* app) : app_(app) {}

    /// A command inside this one, which then needs one of them.
    Command command(const std::string& name, const std::string& what);
    /// Writes what is given into `value`, which lives as long as the command; its value now is the default. "name" is
    /// known by its place, "--name" and "-n,--name" by the name. T: int, float, double, std::uint64_t, std::string, or
    /// several strings.
    template <class T>
    Option option(const std::string& name, T& value, const std::string& what);
    Option flag(const std::string& name, bool& value, const std::string& what);
    /// A flag that may have a value, --name=VALUE; without one it is `flag_alone`.
    Option flag(const std::string& name, std::string& value, const std::string& what);
    /// Under the options in the help: a command line as it is typed. Each adds one.
    void example(const std::string& text);
    /// Options and the variables of the environment that give their defaults, where these are set.
    void defaults_from_environment(const std::vector<std::pair<std::string, std::string>>& variables);
    /// Once the command line is read.
    void runs(std::function<void()> what);

    /// All that help and manual say, of the commands inside too.
    CommandPage page() const;
    std::string name() const;
    /// With the commands that it is inside of: "train classifier".
    std::string full_name() const;
    std::vector<OptionValue> values() const;
    /// What an option that was not given comes to mean in this run: its default in values() from now on.
    void means(const std::string& option, const std::vector<std::string>& values) const;

private:
    CLI::App* app_;
};

/// The whole program: reads the command line and runs the command that it names.
///
/// returns   0, or 2 after saying in one sentence on stderr what is wrong with the command line
/// throws    what the command throws
int run_command_line(int argc, char** argv, const std::string& about, const std::string& version,
                     const std::function<void(Command)>& add_commands);

}  // namespace gradus
