#include "tools/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace gradus {
namespace {

volatile std::sig_atomic_t signal_seen = 0;

void on_signal(int) { signal_seen = 1; }

std::string duration(double seconds) {
    if (seconds < 90) return fmt::format("{:.0f} s", seconds);
    return fmt::format("{:.0f} min {:02.0f} s", static_cast<int>(seconds) / 60 * 1.0,
                       static_cast<int>(seconds) % 60 * 1.0);
}

}  // namespace

Progress::Progress(std::string what, int steps, bool quiet, std::string step)
    : what_(std::move(what)),
      step_(std::move(step)),
      steps_(steps),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { finish(); }

void Progress::step(int done, const std::string& where, std::optional<double> objective) {
    if (quiet_) return;
    const auto now = Clock::now();
    const double since = std::chrono::duration<double>(now - last_).count();
    const double spent = std::chrono::duration<double>(now - start_).count();
    // A terminal is rewritten ten times a second at most; a log gets a line every five seconds, and the last one.
    if (done != steps_ && since < (terminal_ ? 0.1 : 5.0)) return;
    last_ = now;
    const double left = done > 0 ? spent / done * (steps_ - done) : 0;
    const std::string line = fmt::format("{}: {}{}{} {}/{}, {}{}", what_, where, where.empty() ? "" : ", ", step_, done,
                                         steps_, objective ? fmt::format("objective {:.5g}, ", *objective) : "",
                                         done == steps_ ? duration(spent) + " in all" : duration(left) + " left");
    if (terminal_)
        fmt::print(stderr, "\r\x1b[K{}", line);
    else
        fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
    open_ = terminal_;
}

void Progress::finish() {
    if (open_) fmt::print(stderr, "\n");
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
