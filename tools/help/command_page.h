#pragma once
// What there is to say about a command: help, man pages and completion are all written from it.
#include <string>
#include <vector>

namespace gradus {

/// An option, or an argument known by its place.
struct OptionEntry {
    std::vector<std::string> names;         // "-o", "--output"; of an argument known by its place, "photo"
    std::string what;                       // with the unit of its value
    std::string value = {};                 // what stands for its value: "N", "X", "TEXT"; empty for a flag
    std::vector<std::string> choices = {};  // the values that it takes, where they can be listed
    std::string range = {};                 // "1 to 32"
    std::string usual = {};                 // the default, where there is one
    std::string heading = {};               // what it stands under; empty: the command's own
    bool by_place = false, required = false, several = false;
};

/// A command, or the program itself: then the commands are inside.
struct CommandPage {
    std::string name;  // as it is typed, without "gradus": "dream", "train classifier"; empty: the program
    std::string what;
    std::vector<std::string> examples = {};
    std::vector<OptionEntry> options = {};
    std::vector<CommandPage> commands = {};

    /// "gradus train classifier".
    std::string full_name() const { return name.empty() ? "gradus" : "gradus " + name; }
    /// Its last word.
    std::string last_name() const { return name.substr(name.find_last_of(' ') + 1); }
};

/// The headings of a command's options, its own ("") first, then in the order of the options.
std::vector<std::string> headings(const CommandPage& page);

/// "gradus dream PHOTO -o TEXT [OPTION]...": what must be given, in the order of the options.
std::string usage(const CommandPage& page);

/// "steps per size [default: 4; 1 to 32]": what an option says, with its default and, if asked for, its range.
std::string explained(const OptionEntry& option, bool with_range);

/// "N", "a|b|c" where a few choices say it all, or "NAME" where they are many.
std::string value_of(const OptionEntry& option);

}  // namespace gradus
