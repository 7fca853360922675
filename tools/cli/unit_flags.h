#pragma once
#include <string>
#include <vector>

#include "nets/net.h"
#include "tools/cli/options.h"
#include "tools/search/unit.h"

namespace gradus {

/// The options that say what of a net is to be looked at.
struct UnitFlags {
    std::string layer = {}, channels = {}, position = {}, direction = {};
    bool neuron = false;
    std::vector<std::string> classes = {};
    Direction along = {};  // what `direction` means, once check_units has read it
};

void add_unit_flags(Command& command, UnitFlags& flags);

/// Refuses options that contradict each other, and reads the direction: before a net is loaded.
void check_units(UnitFlags& flags, const Command& command);

/// The net's usual layer, where no layer was given and no class.
void settle_layer(UnitFlags& flags, const Command& command, const Net& net);

/// The units that the options name.
std::vector<Unit> units_of(const UnitFlags& flags, const Net& net);

/// Below a unit's picture on a sheet.
std::string caption(const UnitFlags& flags, const Unit& unit);

/// Options that mean nothing beside --class, if that was given.
std::vector<std::string> not_of_class(const UnitFlags& flags);

}  // namespace gradus
