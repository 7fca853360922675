#pragma once
#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace gradus {

/// Another program at work, such as ffmpeg: bytes go to it and come from it through pipes. Its words reach it as they
/// are, for no shell reads them. Ctrl-C does not: whoever started it decides what becomes of it.
class Process {
public:
    /// words     the program, looked up on PATH, and what it is told
    /// throws    "ffmpeg: found no such program; ADVICE"; "ffmpeg: cannot be started (...)"
    Process(const std::vector<std::string>& words, const std::string& advice);
    /// Ends it, if it still runs.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Waits for as many bytes; fewer came where it wrote no more. Returns how many.
    std::size_t read(std::span<std::byte> into);
    /// False where it reads no more: it has ended, and said() why.
    bool write(std::span<const std::byte> bytes);
    /// Nothing more is written or read; waits for its end. Its exit code, at every call, or -1 where a signal
    /// ended it or it is not known.
    int wait();
    /// The beginning of what it wrote on stderr, once it was waited for.
    const std::string& said() const { return said_; }

private:
    void close_pipes();
    void listen(int errors);

    std::string name_;
    pid_t child_ = -1;
    int result_ = -1;               // of the child, once it was waited for
    int input_ = -1, output_ = -1;  // our ends
    std::string said_ = {};
    std::thread listener_ = {};
};

}  // namespace gradus
