#include "tools/train/epoch_sizes.h"

#include <charconv>

#include "engine/in_quotes.h"
#include "engine/require.h"

namespace gradus {

std::map<int, int> read_epoch_sizes(std::string_view text) {
    std::map<int, int> sizes;
    const auto number = [](std::string_view digits, int& n) {
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
        return error == std::errc{} && end == digits.data() + digits.size();
    };
    for (std::string_view rest = text;;) {
        const std::string_view part = rest.substr(0, rest.find(','));
        const auto colon = part.find(':');
        int epoch = 0, size = 0;
        const bool alone = colon == std::string_view::npos;
        const bool right = (alone ? text == part : number(part.substr(0, colon), epoch)) &&
                           number(alone ? part : part.substr(colon + 1), size) && size >= 8 && size <= 1024 &&
                           (sizes.empty() ? epoch == 0 : epoch > sizes.rbegin()->first);
        require(right,
                "train: found {} in the sizes {}, expected one size or EPOCH:SIZE,EPOCH:SIZE ... from epoch 0 on, 8 to "
                "1024 pixels",
                in_quotes(part), in_quotes(text));
        sizes[epoch] = size;
        if (part.size() == rest.size()) return sizes;
        rest.remove_prefix(part.size() + 1);
    }
}

}  // namespace gradus
