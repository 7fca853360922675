#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace gradus {

/// Says how a long run goes: one live line on a terminal, a plain line every few seconds elsewhere, nothing when quiet.
/// Writes to stderr, since stdout belongs to results.
class Progress {
public:
    /// `step`: what a step is called, such as a sample of a mean.
    Progress(std::string what, int steps, bool quiet, std::string step = "step");
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// After step `done` (1 is the first): where we are, and the objective, where there is one.
    void step(int done, const std::string& where, std::optional<double> objective = {});
    /// Ends the live line.
    void finish();

private:
    using Clock = std::chrono::steady_clock;
    std::string what_, step_;
    int steps_;
    bool quiet_, terminal_, open_ = false;
    Clock::time_point start_ = Clock::now(), last_ = {};
};

/// Ctrl-C and SIGTERM set a flag instead of ending the program, so that a run can save what it has; also where whoever
/// started the program had blocked them.
void catch_interrupts();
bool interrupted();

}  // namespace gradus
