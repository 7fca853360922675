#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tools/search/expression.h"
#include "tools/search/objective.h"
#include "tools/search/style_objectives.h"

namespace gradus {

/// What names in an objective stand for besides layers and numbers.
struct LanguageContext {
    std::function<int(const std::string&)> class_named = {};                  // "goldfish" -> 1
    std::function<Image(const std::string&)> picture = {};                    // a file
    std::function<Image(const std::string&)> mask = {};                       // a file, of any size
    std::function<Tensor(const std::string& layer, const Image&)> code = {};  // the layer's answer to a picture
    /// What layers see in a picture, brought to the longer side of the one that is made, or as large as it is; and
    /// which layers are usual for that.
    std::function<std::map<std::string, Style>(const std::vector<std::string>& layers, const Image&, bool own_size)>
        style = {};
    std::function<std::vector<std::string>()> style_layers = {};
    std::function<bool(const std::string&)> is_layer = {};
    std::function<std::string(const std::string&)> nearest_layers = {};  // the end of a sentence
};

/// The objective that a text describes: see docs/objectives.md.
///
/// throws    pointing at the character, for what is no objective, for unknown terms, arguments, layers and classes
Objective read_objective(std::string_view text, const LanguageContext& context);

}  // namespace gradus
