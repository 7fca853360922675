#include "tools/search/search.h"

namespace gradus {

std::string_view to_string(SearchEnd end) {
    switch (end) {
        case SearchEnd::steps:
            return "all steps were taken";
        case SearchEnd::reached:
            return "the activation asked for was reached";
        case SearchEnd::not_finite:
            return "the objective or its gradient was not finite";
        case SearchEnd::stopped:
            return "stopped";
        case SearchEnd::no_slope:
            return "the gradient was 0 wherever the picture might still move";
        case SearchEnd::no_change:
            return "the last step changed next to nothing";
        case SearchEnd::nothing_better:
            return "nothing better was found along the direction, nor straight up the gradient";
    }
    return "";
}

}  // namespace gradus
