#pragma once
#include <optional>
#include <string>

namespace gradus {

/// A file that gets a line of JSON for every step of a run: what, about, step, steps, where, objective, seconds,
/// seconds_left, what is known of them. Each line is there as soon as it is written; lines of earlier runs stay.
class RunLog {
public:
    /// throws    "x.json: cannot be written (...)"
    explicit RunLog(const std::string& file);
    ~RunLog();
    RunLog(const RunLog&) = delete;
    RunLog& operator=(const RunLog&) = delete;

    struct Line {
        const std::string &what, &about, &where;
        int step, steps;
        std::optional<double> objective;  // null where there is none, or it is not finite
        double seconds;
        std::optional<double> seconds_left;
    };
    void add(const Line& line) const;

private:
    std::string file_;
    int descriptor_;
};

}  // namespace gradus
