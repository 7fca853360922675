#include "tools/report/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace gradus {
namespace {

/// The least of 1, 2, 5 times a power of ten that is at least so large.
double round_step(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= least * (1 - 1e-9)) return factor * power;
    return 10 * power;
}

/// "2e-05" -> "2e-5"
std::string short_exponent(std::string text) {
    const auto e = text.find('e');
    if (e == std::string::npos) return text;
    if (text[e + 1] == '+') text.erase(e + 1, 1);
    const auto digits = text.find_first_of("0123456789", e);
    while (text[digits] == '0' && digits + 1 < text.size()) text.erase(digits, 1);
    return text;
}

/// With the decimals that tell it from its neighbors, which are a step away.
std::string label(double value, double step, double largest) {
    if (std::abs(value) < step / 2) return "0";
    const int decimals = -static_cast<int>(std::floor(std::log10(step) + 1e-9));
    if (largest >= 1e6 || largest < 1e-3) {
        const int digits = static_cast<int>(std::floor(std::log10(largest) + 1e-9)) + decimals + 1;
        return short_exponent(fmt::format("{:.{}g}", value, std::clamp(digits, 1, 15)));
    }
    return fmt::format("{:.{}f}", value, std::clamp(decimals, 0, 15));
}

void add_ticks(Axis& axis, double step) {
    const double largest = std::max(std::abs(axis.low), std::abs(axis.high));
    const double first = std::ceil(axis.low / step - 1e-6), last = std::floor(axis.high / step + 1e-6);
    for (double i = first; i <= last; ++i) axis.ticks.push_back({i * step, label(i * step, step, largest)});
}

/// Wide enough that ticks differ.
void widen(double& low, double& high) {
    const double size = std::max(std::abs(low), std::abs(high));
    if (high - low > 1e-9 * size) return;
    const double by = size > 0 ? size / 4 : 1;
    low -= by;
    high += by;
}

}  // namespace

double Axis::at(double value) const {
    return log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
}

Axis exact_axis(double low, double high, int most, double closest) {
    widen(low, high);
    Axis axis{low, high};
    add_ticks(axis, std::max(round_step((high - low) / most), closest));
    return axis;
}

Axis round_axis(double low, double high, int most) {
    widen(low, high);
    const double step = round_step((high - low) / most);
    Axis axis{std::floor(low / step + 1e-6) * step, std::ceil(high / step - 1e-6) * step};
    add_ticks(axis, step);
    return axis;
}

Axis log_axis(double low, double high, int most) {
    const double decades = std::log10(high / low);
    const std::vector<double> factors = decades < 2.5 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
    const int stride = std::max(1, static_cast<int>(std::ceil(decades / most)));  // decades from one tick to the next
    const int first = static_cast<int>(std::floor(std::log10(low) / stride)) * stride;
    const int last = (static_cast<int>(std::ceil(std::log10(high) / stride)) + 1) * stride;
    std::vector<double> grid;
    for (int power = first - stride; power <= last; power += stride)
        for (const double factor : factors) grid.push_back(factor * std::pow(10.0, power));
    const auto begin = std::prev(std::ranges::upper_bound(grid, low * (1 + 1e-9)));
    const auto end = std::lower_bound(std::next(begin), grid.end(), high * (1 - 1e-9));  // two ticks or more
    Axis axis{*begin, *end, true};
    for (auto i = begin; i <= end; ++i) axis.ticks.push_back({*i, short_exponent(fmt::format("{:g}", *i))});
    return axis;
}

}  // namespace gradus
