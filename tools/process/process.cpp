#include "tools/process/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <utility>

#include "engine/require.h"

extern char** environ;

namespace gradus {
namespace {

constexpr std::size_t most_said = 4096;  // bytes of stderr that are kept

void close_one(int& descriptor) {
    if (descriptor >= 0) close(descriptor);
    descriptor = -1;
}

/// Both ends of a pipe that no other child inherits. Closed with it, unless taken.
struct Pipe {
    int from = -1, to = -1;
    explicit Pipe(const std::string& name) {
        int ends[2];
        require(pipe2(ends, O_CLOEXEC) == 0, "{}: cannot be started ({})", name, std::strerror(errno));
        from = ends[0];
        to = ends[1];
    }
    ~Pipe() {
        close_one(from);
        close_one(to);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
};

int taken(int& descriptor) { return std::exchange(descriptor, -1); }

/// Where whoever started this program has it ignore the ends of its children, nobody could ask how they ended.
void hear_of_children() {
    struct sigaction now = {};
    if (sigaction(SIGCHLD, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) std::signal(SIGCHLD, SIG_DFL);
}

/// A child in a process group of its own, with the usual answer to a broken pipe, and no signal held back. 0, or why
/// not.
int spawn(pid_t& child, const std::vector<std::string>& words, int input, int output, int errors) {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
    posix_spawnattr_t how;
    posix_spawnattr_init(&how);
    sigset_t usual, none;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    const int failed = posix_spawnp(&child, argv[0], &files, &how, argv.data(), environ);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/// Writes to a broken pipe return an error while this lives, instead of ending the program; of this thread only.
class NoPipeSignal {
public:
    NoPipeSignal() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~NoPipeSignal() {
        const timespec now = {};
        while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
        }
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;

private:
    sigset_t pipe_, before_;
};

}  // namespace

Process::Process(const std::vector<std::string>& words, const std::string& advice) : name_(words.at(0)) {
    Pipe input(name_), output(name_), errors(name_);
    hear_of_children();
    const int failed = spawn(child_, words, input.from, output.to, errors.to);
    require(failed != ENOENT, "{}: found no such program; {}", name_, advice);
    require(failed == 0, "{}: cannot be started ({})", name_, std::strerror(failed));
    input_ = taken(input.to);
    output_ = taken(output.from);
    try {
        listener_ = std::thread([this, end = taken(errors.from)] { listen(end); });
    } catch (...) {  // no destructor follows
        kill(child_, SIGKILL);
        waitpid(child_, nullptr, 0);
        close_pipes();
        throw;
    }
}

Process::~Process() {
    if (child_ > 0) kill(child_, SIGKILL);
    wait();
}

void Process::listen(int errors) {
    std::array<char, 1024> piece;
    for (;;) {
        const ssize_t n = ::read(errors, piece.data(), piece.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        // The first complaint is the cause; the pipe is emptied all the same.
        said_.append(piece.data(), std::min(static_cast<std::size_t>(n), most_said - said_.size()));
    }
    close(errors);
}

std::size_t Process::read(std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t n = ::read(output_, into.data() + done, into.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        done += static_cast<std::size_t>(n);
    }
    return done;
}

bool Process::write(std::span<const std::byte> bytes) {
    const NoPipeSignal guard;
    while (!bytes.empty()) {
        const ssize_t n = ::write(input_, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

void Process::close_pipes() {
    close_one(input_);
    close_one(output_);
}

int Process::wait() {
    close_pipes();
    if (listener_.joinable()) listener_.join();
    if (child_ <= 0) return result_;
    int status = 0;
    pid_t ended = -1;
    while ((ended = waitpid(child_, &status, 0)) < 0 && errno == EINTR) {
    }
    result_ = ended == child_ && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    child_ = -1;
    return result_;
}

}  // namespace gradus
