#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gradus {

/// Steps that take equally long, which is so much against those of other stages.
struct Stage {
    int steps = 0;
    double cost = 1;
};

/// What a run is, for whoever watches it.
struct RunOutline {
    std::string what;                // "dream"
    std::vector<Stage> stages = {};  // they come again, in this order, until there were as many steps
    int steps = 0;                   // 0: those of the stages
    bool quiet = false;
    std::string step = "step";  // what one is called, such as a sample of a mean
    std::string log = {};       // file to append a line of JSON to at every step; empty: none
    std::string about = {};     // what the run makes, for the log
};

/// Says how a long run goes: one live line on a terminal, a plain line every few seconds elsewhere, nothing when quiet.
/// Of a run that will take more than a minute it first says how long, and how much memory. Writes to stderr, since
/// stdout belongs to results.
class Progress {
public:
    explicit Progress(RunOutline outline);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// After step `done` (1 is the first): where we are, the objective, where there is one, and the bytes that the run
    /// takes in its largest stage, if they are known.
    void step(int done, const std::string& where, std::optional<double> objective = {}, std::size_t memory = 0);
    /// Ends the live line.
    void finish();

private:
    using Clock = std::chrono::steady_clock;
    /// How much work so many steps are.
    double work(int done) const;
    /// Seconds; nothing where too little was seen.
    std::optional<double> left(int done, Clock::time_point now) const;
    void estimate(double left, std::size_t memory);
    void print(const std::string& line);

    RunOutline o_;
    double cycle_ = 0;  // the work of all stages
    int in_cycle_ = 0;  // their steps
    int seen_ = 0;      // calls of step()
    bool terminal_, open_ = false, estimated_ = false;
    Clock::time_point start_ = Clock::now(), first_ = {}, last_ = {};
    double at_first_ = 0;  // the work that was done when the first step was seen
    std::unique_ptr<class RunLog> log_;
};

/// Ctrl-C and SIGTERM set a flag instead of ending the program, so that a run can save what it has; also where whoever
/// started the program had blocked them.
void catch_interrupts();
bool interrupted();

}  // namespace gradus
