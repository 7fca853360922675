#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

/// Which kernels may serve, as `--kernels` says it: rules separated by commas, later ones win.
///
/// A rule is a provider for every op, "reference" or "cpu" or "cpu.onednn", or one for a single op,
/// "conv2d=cpu.winograd"; a name also stands for the names that begin with it and a dot, or end with a dot and it:
/// "cudnn" is "vendor.cudnn". "hand" is every kernel of ours, "vendor" every library's. An op that has no kernel of a
/// provider asked for in general keeps all of its own; one asked for by op must exist.
class KernelFilter {
public:
    KernelFilter() = default;
    /// Throws Error for an empty rule.
    explicit KernelFilter(std::string_view text);

    const std::string& text() const { return text_; }
    /// The ops that rules are for, in the order of the rules.
    std::vector<std::string> ops() const;
    /// What is asked of this op; empty: nothing.
    std::string_view wanted(std::string_view op, bool& by_op) const;
    static bool matches(std::string_view wanted, std::string_view candidate);

private:
    struct Rule {
        std::string op, kernel;
    };
    std::string text_;
    std::vector<Rule> rules_;
};

}  // namespace gradus
