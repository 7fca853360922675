#include <fmt/format.h>
#include <malloc.h>

#include <csignal>
#include <new>

#include "engine/error.h"
#include "tools/cli/commands.h"
#include "tools/cli/options.h"
#include "tools/cli/progress.h"
#include "tools/cli/recipe.h"

namespace {

constexpr int failure = 1, interruption = 130;

int run(int argc, char** argv) {
    const int code = gradus::run_command_line(
        argc, argv,
        "gradus looks inside vision networks: it climbs, step by step, along the gradient of whatever it is asked for.",
        std::string("gradus ") + gradus::version(), gradus::add_commands);
    return code == 0 && gradus::interrupted() ? interruption : code;
}

}  // namespace

int main(int argc, char** argv) {
#ifdef M_MMAP_THRESHOLD
    // What is freed goes back to the system. Left to itself the threshold grows to 32 MB, and what lies between blocks
    // of all sizes comes to a fifth of the memory.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
    std::signal(SIGXFSZ,
                SIG_IGN);  // a full file-size limit is then an error with a sentence, not the end of the process
    try {
        return run(argc, argv);
    } catch (const gradus::Error& error) {
        fmt::print(stderr, "gradus: {}\n", error.what());
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "gradus: out of memory; a smaller picture needs less\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "gradus: {}\n", error.what());
    }
    return failure;
}
