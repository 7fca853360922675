#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

#include "engine/error.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"
#include "tools/tell.h"

namespace {

constexpr int failure = 1, interruption = 130;
constexpr const char* out_of_memory = "gradus: out of memory; a smaller picture needs less\n";

/// Where nobody can catch it, in a destructor or a thread, the end of memory is to be told, too.
[[noreturn]] void on_terminate() {
    if (std::current_exception()) {
        try {
            throw;
        } catch (const std::bad_alloc&) {
            std::fputs(out_of_memory, stderr);
            std::_Exit(failure);
        } catch (...) {
        }
    }
    std::abort();
}

int run(int argc, char** argv) {
    const int code = gradus::run_command_line(
        argc, argv,
        "gradus looks inside vision networks: it climbs, step by step, along the gradient of whatever it is asked for.",
        std::string("gradus ") + gradus::version(), gradus::add_commands);
    errno = 0;
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
        throw gradus::Error(
            fmt::format("standard output: cannot be written ({})", std::strerror(errno != 0 ? errno : EIO)));
    return code == 0 && gradus::interrupted() ? interruption : code;
}

}  // namespace

int main(int argc, char** argv) {
    // Where one of these is closed, the next file that is opened would be taken for it, and get its messages.
    for (int standard = 0; standard < 3; ++standard)
        if (fcntl(standard, F_GETFD) < 0) open("/dev/null", O_RDWR);
#ifdef M_MMAP_THRESHOLD
    // What is freed goes back to the system. Left to itself the threshold grows to 32 MB, and what lies between blocks
    // of all sizes comes to a fifth of the memory.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
    std::signal(SIGXFSZ,
                SIG_IGN);  // a full file-size limit is then an error with a sentence, not the end of the process
    std::set_terminate(on_terminate);
    try {
        return run(argc, argv);
    } catch (const gradus::Error& error) {
        gradus::tell("gradus: {}\n", error.what());
    } catch (const std::bad_alloc&) {
        std::fputs(out_of_memory, stderr);
    } catch (const std::exception& error) {
        gradus::tell("gradus: {}\n", error.what());
    }
    return failure;
}
