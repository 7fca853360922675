#include "tools/cli/unit_flags.h"

#include <charconv>
#include <tuple>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/cli/given.h"
#include "tools/cli/named_class.h"
#include "tools/cli/position.h"

namespace gradus {
namespace {

/// "0-3,7" -> 0 1 2 3 7
std::vector<int> numbers_in(const std::string& text) {
    std::vector<int> all;
    for (std::string_view rest = text;;) {
        const std::string_view part = rest.substr(0, rest.find(','));
        const auto dash = part.find('-');
        int first = 0, last = 0;
        const auto read = [](std::string_view digits, int& number) {
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
            return error == std::errc{} && end == digits.data() + digits.size();
        };
        const bool one = dash == std::string_view::npos;
        const bool ok = read(part.substr(0, dash), first) && (one || read(part.substr(dash + 1), last));
        if (one) last = first;
        require(ok && first >= 0 && first <= last && last - first < 10000,
                "visualize: {} is not a list of channels; expected numbers and ranges as in 0-63 or 3,7,11",
                in_quotes(text));
        for (int i = first; i <= last; ++i) all.push_back(i);
        if (part.size() == rest.size()) return all;
        rest.remove_prefix(part.size() + 1);
    }
}

}  // namespace

void add_unit_flags(Command& command, UnitFlags& f) {
    command.option(
        "--layer", f.layer,
        "layer; `gradus layers NET` lists them (default: the net's usual one, inception_4c/output of googlenet)");
    command.option("--channel,--channels", f.channels,
                   "channels of it, as in 5 or 0-63 or 3,7,11 (none: the whole layer)");
    command.flag("--neuron", f.neuron, "the neuron in the middle instead of the whole channel");
    command.option("--position", f.position, "the neuron at ROW,COLUMN in the layer's own grid");
    command.option("--direction", f.direction,
                   "a direction in the space of its channels, CHANNEL:WEIGHT,CHANNEL:WEIGHT ..., or a .safetensors "
                   "file of one tensor, a weight for each channel");
    command.option("--class", f.classes, "classes instead, each by name, index or synset");
}

void check_units(UnitFlags& f, const Command& command) {
    require_not_given(command, not_of_class(f), "--class, which has none");
    if (f.direction.empty()) return;
    require_not_given(command, {"--channel", "--neuron", "--position"},
                      "--direction, which weighs the channels of all places");
    f.along = read_direction(f.direction);
}

void settle_layer(UnitFlags& f, const Command& command, const Net& net) {
    if (!f.layer.empty() || !f.classes.empty()) return;
    f.layer = net.table().usual_layer;
    command.means("--layer", {f.layer});
}

std::vector<Unit> units_of(const UnitFlags& f, const Net& net) {
    std::vector<Unit> units;
    for (const std::string& name : f.classes) units.push_back(named_class(net, name));
    if (!units.empty()) return units;
    Unit unit{.layer = f.layer, .direction = f.along};
    std::tie(unit.row, unit.column) = position_of("visualize", f.position);
    if (f.neuron && !unit.one_place()) unit.row = unit.column = Unit::middle;
    require(!unit.one_place() || !f.channels.empty(), "visualize: a neuron needs --channel, too");
    if (f.channels.empty()) return {unit};
    for (const int channel : numbers_in(f.channels)) {
        unit.channel = channel;
        units.push_back(unit);
    }
    return units;
}

std::string caption(const UnitFlags& f, const Unit& unit) {
    return f.classes.empty() && unit.channel >= 0 && !unit.one_place() ? std::to_string(unit.channel) : unit.name();
}

std::vector<std::string> not_of_class(const UnitFlags& f) {
    if (f.classes.empty()) return {};
    return {"--layer", "--channel", "--neuron", "--position", "--direction"};
}

}  // namespace gradus
