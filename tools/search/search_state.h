#pragma once
#include <string>
#include <utility>
#include <vector>

#include "engine/tensor.h"

namespace gradus {

/// What a search would need to go on as if it had never stopped, by name: "0/numbers", "0/adam.mean" ..., of picture 0.
struct SearchState {
    std::string origin = "the state";  // the file it was read from: begins the sentences of errors
    std::vector<std::pair<std::string, Tensor>> tensors = {};

    bool empty() const { return tensors.empty(); }
    /// throws    "run.ckpt: found no tensor "0/numbers" of the search that was asked for"; where it is of another type
    ///           or shape
    const Tensor& get(const std::string& name, const Spec& expected) const;
};

/// The same values in memory of their own.
Tensor copy_of(const Tensor& tensor);

}  // namespace gradus
