#include "tools/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>

#include "tools/cli/run_log.h"
#include "tools/tell.h"

namespace gradus {
namespace {

volatile std::sig_atomic_t signal_seen = 0;

void on_signal(int) { signal_seen = 1; }

std::string duration(double seconds) {
    if (seconds < 90) return fmt::format("{:.0f} s", seconds);
    const auto whole = static_cast<std::int64_t>(seconds);
    if (seconds < 5400) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

constexpr double worth_an_estimate = 60;  // seconds

double seconds_between(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

}  // namespace

Progress::Progress(RunOutline outline) : o_(std::move(outline)), terminal_(isatty(STDERR_FILENO) == 1) {
    if (o_.stages.empty()) o_.stages = {{std::max(1, o_.steps)}};
    for (const Stage& stage : o_.stages) {
        cycle_ += stage.steps * stage.cost;
        in_cycle_ += stage.steps;
    }
    if (o_.steps == 0) o_.steps = in_cycle_;
    if (!o_.log.empty()) log_ = std::make_unique<RunLog>(o_.log);
}

Progress::~Progress() { finish(); }

double Progress::work(int done) const {
    double sum = done / in_cycle_ * cycle_;
    int rest = done % in_cycle_;
    for (const Stage& stage : o_.stages) {
        const int steps = std::min(rest, stage.steps);
        sum += steps * stage.cost;
        rest -= steps;
    }
    return sum;
}

void Progress::step(int done, const std::string& where, std::optional<double> objective, std::size_t memory) {
    if (o_.quiet && !log_) return;
    const auto now = Clock::now();
    const double spent = seconds_between(start_, now);
    if (++seen_ == 1) {
        first_ = now;
        at_first_ = work(done);
    }
    const std::optional<double> left = this->left(done, now);
    if (log_)
        log_->add({.what = o_.what,
                   .about = o_.about,
                   .where = where,
                   .step = done,
                   .steps = o_.steps,
                   .objective = objective,
                   .seconds = spent,
                   .seconds_left = left});
    if (o_.quiet) return;
    if (left && !estimated_ && (spent > 10 || seconds_between(first_, now) > 1)) estimate(*left, memory);
    const double since = seconds_between(last_, now);
    // A terminal is rewritten ten times a second at most; a log gets a line every five seconds, and the last one.
    if (done != o_.steps && since < (terminal_ ? 0.1 : 5.0)) return;
    last_ = now;
    std::string line =
        fmt::format("{}: {}{}{} {}/{}", o_.what, where, where.empty() ? "" : ", ", o_.step, done, o_.steps);
    if (objective) line += fmt::format(", objective {:.5g}", *objective);
    if (done == o_.steps)
        line += fmt::format(", {} in all", duration(spent));
    else if (left)
        line += fmt::format(", {} left", duration(*left));
    print(line);
}

/// What came before the first step is not among those that are left, nor are steps that another run took. Before the
/// second one it is not known what the first alone took, unless that is long.
std::optional<double> Progress::left(int done, Clock::time_point now) const {
    const bool first = seen_ == 1;
    const double spent = seconds_between(first ? start_ : first_, now), did = work(done) - (first ? 0 : at_first_);
    if (did <= 0 || (first && spent < 10)) return std::nullopt;
    return spent / did * (work(o_.steps) - work(done));
}

void Progress::estimate(double left, std::size_t memory) {
    estimated_ = true;
    if (left < worth_an_estimate) return;
    finish();
    tell("{}: will take about {}{}\n", o_.what, duration(left),
         memory > 0 ? fmt::format(" and {:.0f} MB", static_cast<double>(memory) / 1e6) : "");
}

void Progress::print(const std::string& line) {
    if (terminal_)
        tell("\r\x1b[K{}", line);
    else
        tell("{}\n", line);
    std::fflush(stderr);
    open_ = terminal_;
}

void Progress::finish() {
    if (open_) tell("\n");
    open_ = false;
}

void catch_interrupts() {
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESETHAND;  // a second Ctrl-C ends the program at once
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    // Whoever started the program may have held them back, which it would inherit for life.
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &both, nullptr);
}

bool interrupted() { return signal_seen != 0; }

}  // namespace gradus
