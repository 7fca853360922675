#pragma once
#include <memory>
#include <string>

#include "engine/device.h"
#include "engine/tensor.h"

namespace gradus {

/// One leaf's values in the form that a kernel wants. Shared by all plans that want the same form of the same leaf.
struct Packed {
    Buffer buffer = {};
    std::size_t bytes = 0;
    std::uint64_t version = 0;  // of the leaf, when it was packed
    bool filled = false;
};

/// The packed form of this leaf under this key on this device; empty at first. It lives as long as somebody holds it.
std::shared_ptr<Packed> packed_form(Device& device, const Tensor& leaf, const std::string& key, std::size_t bytes);

}  // namespace gradus
