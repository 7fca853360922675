#include "tools/search/direction.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "weights/file.h"

namespace gradus {
namespace {

/// The whole of `text` as a number, or false.
template <class T>
bool read(std::string_view text, T& number) {
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end;
}

void require_somewhere(const Direction& d) {
    require(std::any_of(d.weights.begin(), d.weights.end(), [](const auto& w) { return w.second != 0; }),
            "direction: all weights of {} are 0, which points nowhere", in_quotes(d.name));
}

}  // namespace

Direction parse_direction(std::string_view text) {
    Direction d{.name = std::string(text)};
    for (std::string_view rest = text;;) {
        const std::string_view part = rest.substr(0, rest.find(','));
        const auto colon = part.find(':');
        std::pair<int, float> weight;
        require(colon != std::string_view::npos && read(part.substr(0, colon), weight.first) && weight.first >= 0 &&
                    read(part.substr(colon + 1), weight.second) && std::isfinite(weight.second),
                "direction: {} in {} is not CHANNEL:WEIGHT; expected weights of channels as in 12:1,40:-0.5, or a file "
                "whose name ends in .safetensors",
                in_quotes(part), in_quotes(text));
        require(std::none_of(d.weights.begin(), d.weights.end(), [&](auto& w) { return w.first == weight.first; }),
                "direction: {} gives channel {} twice", in_quotes(text), weight.first);
        d.weights.push_back(weight);
        if (part.size() == rest.size()) break;
        rest.remove_prefix(part.size() + 1);
    }
    require_somewhere(d);
    return d;
}

Direction load_direction(const std::filesystem::path& path) {
    const WeightFile file = WeightFile::open(path);
    require(file.entries().size() == 1, "{}: found {} tensors, expected one, with a weight for each channel",
            path.string(), file.entries().size());
    const Entry& entry = file.entries()[0];
    require(entry.shape.size() == 1, "{}: tensor {} is {}, expected one extent, a weight for each channel",
            path.string(), in_quotes(entry.name), shape_text(entry.shape));
    const std::vector<float> values = file.read_f32(entry);
    Direction d{.name = path.string(), .channels = static_cast<int>(values.size())};
    for (std::size_t c = 0; c < values.size(); ++c) d.weights.push_back({static_cast<int>(c), values[c]});
    require_somewhere(d);
    return d;
}

Direction read_direction(const std::string& text) {
    return text.ends_with(".safetensors") ? load_direction(text) : parse_direction(text);
}

Tensor vector_of(const Direction& d, const std::string& layer, std::int64_t channels) {
    require(d.channels == 0 || d.channels == channels, "{}: {} has {} weights, expected {}, one for each channel",
            layer, in_quotes(d.name), d.channels, channels);
    std::vector<float> values(static_cast<std::size_t>(channels), 0.0f);
    for (const auto& [channel, weight] : d.weights) {
        require(channel < channels, "{}: the direction {} has a weight for channel {}, expected 0 to {}", layer,
                in_quotes(d.name), channel, channels - 1);
        values[static_cast<std::size_t>(channel)] = weight;
    }
    return Tensor(Shape{channels}, values);
}

}  // namespace gradus
