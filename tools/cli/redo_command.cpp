#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/cli/beside.h"
#include "tools/cli/commands.h"
#include "tools/cli/given.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/cli/shell_words.h"
#include "tools/image/picture_file.h"
#include "tools/tell.h"
#include "weights/input_file.h"
#include "weights/sha256.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

struct RedoCommand {
    std::string picture, output;
    bool show = false;
};

/// A file's text may come from anybody, and a terminal obeys control characters.
std::string shown(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 127; }, '?');
    return text;
}

/// The words behind "gradus", which make a picture and write nothing else.
std::vector<std::string> words_of(const std::string& picture, const std::string& command) {
    std::vector<std::string> words = shell_words(command, picture);
    const std::vector<std::string> makers{"dream", "visualize", "invert", "climb", "style", "texture", "saliency"};
    require(words.size() > 1 && words[0] == "gradus" && std::count(makers.begin(), makers.end(), words[1]) == 1,
            "{}: its recipe is the command {}, expected one of gradus that makes a picture", picture,
            in_quotes(command));
    for (const std::string& word : words)
        require(!is_beside(word.substr(0, word.find('='))) && !word.starts_with("--frames"),
                "{}: the command of its recipe has {}, expected nothing that writes more than a picture", picture,
                in_quotes(word));
    words.erase(words.begin());
    return words;
}

/// "photo.png SHA-256 1f2e...": the name, and the hash.
std::pair<std::string, std::string> input_of(const std::string& line) {
    const auto at = line.rfind(" SHA-256 ");
    return at == std::string::npos ? std::pair{line, std::string()}
                                   : std::pair{line.substr(0, at), line.substr(at + 9)};
}

/// Whether the pictures are there that it was made of; a line for each that is another now.
void check_inputs(const std::string& picture, const Recipe& recipe) {
    for (const auto& [key, value] : recipe) {
        if (!key.starts_with("gradus.input.")) continue;
        const auto [name, hash] = input_of(value);
        require(name != standard_stream, "{}: was made of a picture from standard input, which is gone", picture);
        std::error_code unknown;
        require(fs::exists(name, unknown), "{}: was made of {}, which is not here", picture, in_quotes(name));
        if (fs::is_regular_file(name, unknown) && sha256(MappedFile(name, "a picture").bytes()) != hash)
            tell("redo: {} is not what it was: its SHA-256 is another\n", in_quotes(name));
    }
}

/// "cat.png" -> "cat-redo.png"
std::string beside(const std::string& picture) {
    const fs::path path(picture);
    return (path.parent_path() / (path.stem().string() + "-redo" + path.extension().string())).string();
}

/// What came out otherwise: facts of the recipes, then pixels.
void tell_differences(const std::string& picture, const std::string& output) {
    const std::vector<std::byte> before = picture_bytes(picture), after = picture_bytes(output);
    if (before == after) {
        tell("{}: the same bytes as {}\n", output, picture);
        return;
    }
    const Recipe was = decode_recipe(before, picture), is = decode_recipe(after, output);
    for (const auto& [key, value] : was)
        if (const std::string now = value_in(is, key);
            now != value && (key == "Software" || key.starts_with("gradus.")))
            tell("redo: {} was {}, here it is {}\n", key, in_quotes(value), in_quotes(now));
    const Image old_picture = decode_image(before, picture), new_picture = decode_image(after, output);
    if (old_picture.width != new_picture.width || old_picture.height != new_picture.height) {
        tell("{}: {}x{}, {} is {}x{}\n", output, new_picture.width, new_picture.height, picture, old_picture.width,
             old_picture.height);
        return;
    }
    std::size_t differ = 0;
    float most = 0;
    for (std::size_t i = 0; i < old_picture.rgb.size(); ++i) {
        const float by = std::abs(old_picture.rgb[i] - new_picture.rgb[i]);
        differ += by > 0 ? 1 : 0;
        most = std::max(most, by);
    }
    if (old_picture.alpha != new_picture.alpha)
        tell("{}: another transparency than that of {}\n", output, picture);
    else if (differ == 0)
        tell("{}: the same pixels as {}\n", output, picture);
    else
        tell("{}: {} of {} values differ from those of {}, by {:.0f}/255 at most\n", output, differ,
             old_picture.rgb.size(), picture, 255 * most);
}

void run(const RedoCommand& c, const Command& command) {
    if (c.show) require_not_given(command, {"--output"}, "--show, which makes no picture");
    require(c.picture != standard_stream, "redo: was given standard input, expected the name of a picture");
    std::error_code none;
    require(c.output.empty() || !fs::equivalent(c.picture, c.output, none),
            "{}: is the picture to make again, expected another name behind --output", c.output);
    const Recipe recipe = read_recipe(c.picture);
    const std::string line = value_in(recipe, "gradus.command");
    require(!line.empty(), "{}: holds no recipe, expected a picture that gradus made", c.picture);
    if (c.show) {
        fmt::print("{}\n", shown(line));
        return;
    }
    require(value_in(recipe, "gradus.frame").empty() && value_in(recipe, "gradus.step").empty(),
            "{}: is one of several that a run wrote on its way; `gradus redo --show` prints the command for all",
            c.picture);
    std::vector<std::string> words = words_of(c.picture, line);
    check_inputs(c.picture, recipe);
    const std::string output = c.output.empty() ? beside(c.picture) : c.output;
    words.insert(words.end(), {"--write-to", output});
    words.insert(words.begin(), "gradus");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    const int code = run_command_line(static_cast<int>(argv.size()), argv.data(), "", version(), add_commands);
    require(code == 0, "{}: this gradus, {}, does not know the command of {}", c.picture, version(),
            value_in(recipe, "Software"));
    if (!interrupted() && output != standard_stream) tell_differences(c.picture, output);
}

}  // namespace

void add_redo(Command app) {
    auto c = std::make_shared<RedoCommand>();
    Command command = app.command("redo", "make a picture again, from the recipe that it carries");
    command.option("picture", c->picture, "a PNG or JPEG that gradus wrote").required();
    command.option("-o,--output", c->output, "picture to write (default: cat-redo.png for cat.png)");
    command.flag("--show", c->show, "only print the command");
    command.example("gradus redo dream.png -o again.png");
    command.runs([c, command] { run(*c, command); });
}

}  // namespace gradus
