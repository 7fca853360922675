#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace gradus::test {

/// What became of a function that was called in a process of its own.
struct Fate {
    bool aborted = false;
    int exit_code = -1;   // where it ended by itself
    std::string message;  // what it wrote to stderr
};

/// Calls f in a child process. The child returns f's value as its exit code.
template <class F>
Fate in_child(const F& f) {
    Fate fate;
    int ends[2];
    if (pipe(ends) != 0) return fate;
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);  // not the test runner's
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        alarm(60);
        _exit(f());
    }
    close(ends[1]);
    char text[4096];
    for (ssize_t n; (n = read(ends[0], text, sizeof text)) > 0;) fate.message.append(text, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    fate.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    if (WIFEXITED(status)) fate.exit_code = WEXITSTATUS(status);
    return fate;
}

}  // namespace gradus::test
