#include "tools/cli/download.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "engine/require.h"
#include "nets/table.h"
#include "weights/file.h"
#include "weights/locate.h"
#include "weights/manifest.h"
#include "weights/sha256.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

/// curl knows proxies, certificates, redirects and resuming; the exit code 127 means that there is none.
int curl(const std::string& url, const std::string& to) {
    const pid_t child = fork();
    require(child >= 0, "weights: cannot start curl");
    if (child == 0) {
        execlp("curl", "curl", "--fail", "--location", "--retry", "3", "--continue-at", "-", "--progress-bar",
               "--output", to.c_str(), url.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

void get_weights(const std::string& net) {
    net_table(net);  // an unknown name ends here, with the nearest ones
    const KnownFile* known = known_file(net);
    require(known != nullptr,
            "weights: no download is known for {}; put its file into a folder and name that in GRADUS_WEIGHTS", net);
    const fs::path cache = weight_cache();
    require(!cache.empty(), "weights: there is no cache folder, expected HOME or XDG_CACHE_HOME to be set");
    fs::create_directories(cache);
    const fs::path whole = cache / known->file;
    if (fs::exists(whole)) {
        fmt::print("{}: already here\n", whole.string());
        return;
    }
    const fs::path part = whole.string() + ".part";
    fmt::print(stderr, "{}: getting {} from {}\n", net, known->file, known->url);
    const int code = curl(std::string(known->url), part.string());
    require(code != 127, "weights: curl is not installed, which gets {}", known->url);
    require(code == 0, "weights: curl ended with {} while getting {}; what has come is kept, the same command goes on",
            code, known->url);
    const auto bytes = static_cast<std::int64_t>(fs::file_size(part));
    const bool right_size = known->bytes == 0 || bytes == known->bytes;
    if (!right_size) fs::remove(part);
    require(right_size, "weights: {} came with {} bytes, expected {}", known->file, bytes, known->bytes);
    const std::string hash = sha256(WeightFile::open(part).bytes());
    if (known->checksum.starts_with("sha256:")) {
        const bool right = hash.starts_with(known->checksum.substr(7));
        if (!right) fs::remove(part);
        require(right, "weights: {} came with SHA-256 {}, expected it to begin with {}", known->file, hash,
                known->checksum.substr(7));
    }
    fs::rename(part, whole);
    fmt::print("{}: {:.1f} MB, sha256 {}\n", whole.string(), static_cast<double>(bytes) / 1e6, hash);
}

}  // namespace gradus
