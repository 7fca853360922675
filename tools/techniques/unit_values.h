#pragma once
#include <utility>
#include <vector>

#include "tools/search/unit.h"
#include "tools/techniques/net_run.h"

namespace gradus {

/// The value of a unit in every picture of a batch.
///
/// shapes    of the layer (N,P,Q,C), or (N,C) -> (N), f32 (f64 for f64)
/// throws    for a layer, channel or position that is not there, with what is; for a part that is left open
Var unit_values(const Layers& layers, const Unit& unit);

/// Refuses a unit that a layer of this shape does not have; what is left open is not looked at.
void check_unit(const Unit& unit, const Shape& layer);

/// Of a layer's values, f32, the unit with the largest and its value, among those that `unit` leaves open.
///
/// shapes    values (1,P,Q,C) or (1,C)
std::pair<Unit, float> strongest_in(const Tensor& values, const Unit& unit);

/// The unit with what is left open filled in: the channel and the place where the layer answers most to a picture.
///
/// throws    what unit_values does
Unit strongest_unit(const NetRun& run, Unit unit, const Tensor& picture);

/// The values of a unit in a batch of pictures.
///
/// shapes    pictures (N,H,W,3) -> N numbers
std::vector<float> values_of_unit(const NetRun& run, const Unit& unit, const Tensor& pictures);

}  // namespace gradus
