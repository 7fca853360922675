#include "engine/kernel_filter.h"

#include "engine/require.h"

namespace gradus {

KernelFilter::KernelFilter(std::string_view text) : text_(text) {
    while (!text.empty()) {
        const auto comma = text.find(',');
        const std::string_view rule = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        const auto equals = rule.find('=');
        const bool by_op = equals != std::string_view::npos;
        Rule parsed{std::string(by_op ? rule.substr(0, equals) : ""),
                    std::string(by_op ? rule.substr(equals + 1) : rule)};
        require(!parsed.kernel.empty() && !(by_op && parsed.op.empty()),
                "kernels: \"{}\" is not a rule, expected hand, vendor, reference or OP=KERNEL", rule);
        rules_.push_back(std::move(parsed));
    }
}

std::vector<std::string> KernelFilter::ops() const {
    std::vector<std::string> ops;
    for (const Rule& rule : rules_)
        if (!rule.op.empty()) ops.push_back(rule.op);
    return ops;
}

std::string_view KernelFilter::wanted(std::string_view op, bool& by_op) const {
    std::string_view kernel;
    by_op = false;
    for (const Rule& rule : rules_) {
        if (!rule.op.empty() && rule.op != op) continue;
        kernel = rule.kernel;
        by_op = !rule.op.empty();
    }
    return kernel;
}

bool KernelFilter::matches(std::string_view wanted, std::string_view candidate) {
    const bool vendor = candidate.find("onednn") != std::string_view::npos || candidate.starts_with("vendor");
    if (wanted == "vendor") return vendor;
    if (wanted == "hand") return !vendor && candidate != "reference";
    const std::string name(wanted);
    return candidate == name || candidate.starts_with(name + '.') || candidate.ends_with('.' + name);
}

}  // namespace gradus
