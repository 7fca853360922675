#include "tools/cli/download.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/in_quotes.h"
#include "engine/nearest.h"
#include "engine/require.h"
#include "tools/tell.h"
#include "weights/input_file.h"
#include "weights/intact.h"
#include "weights/locate.h"
#include "weights/manifest.h"
#include "weights/output_file.h"
#include "weights/record.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

bool is_url(const std::string& text) { return text.find("://") != std::string::npos; }

fs::path cache_folder() {
    const fs::path cache = weight_cache();
    require(!cache.empty(), "weights: there is no cache folder, expected HOME or XDG_CACHE_HOME to be set");
    std::error_code error;
    fs::create_directories(cache, error);
    require(!error, "{}: cannot be made ({}), expected a folder for weights", cache.string(), error.message());
    return cache;
}

/// curl knows proxies, certificates, redirects and resuming; the exit code 127 means that there is none.
int curl(const std::string& url, const std::string& to) {
    const pid_t child = fork();
    require(child >= 0, "weights: cannot start curl");
    if (child == 0) {
        execlp("curl", "curl", "--fail", "--location", "--retry", "3", "--continue-at", "-", "--progress-bar",
               "--output", to.c_str(), "--url", url.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::uintmax_t size_of_file(const fs::path& file) {
    std::error_code none;
    const auto size = fs::file_size(file, none);
    return none ? 0 : size;
}

/// Until `part` is whole. What came before is gone on with, unless it is too much, or the server cannot.
void download(const std::string& url, const fs::path& part, std::int64_t bytes) {
    constexpr int no_curl = 127, no_ranges = 33;
    const auto expected = static_cast<std::uintmax_t>(bytes);
    if (bytes > 0 && size_of_file(part) > expected) fs::remove(part);
    if (bytes > 0 && size_of_file(part) == expected) return;
    int code = curl(url, part.string());
    if (code == no_ranges && fs::remove(part)) code = curl(url, part.string());
    require(code != no_curl, "weights: curl is not installed, which gets {}", url);
    require(code == 0, "weights: curl ended with {} while getting {}; what has come is kept, the same command goes on",
            code, url);
}

/// What is complete under another name comes to its place, if it is what it should be; else it goes.
void finish(const fs::path& part, const fs::path& whole) {
    Intact intact;
    try {
        intact = check_intact(part, whole.filename().string());
    } catch (const Error&) {
        fs::remove(part);
        throw;
    }
    put_in_place(part, whole);
    record_sha256(whole, intact.sha256);
    fmt::print("{}: {:.1f} MB, sha256 {}{}\n", whole.string(), static_cast<double>(fs::file_size(whole)) / 1e6,
               intact.sha256, intact.as.empty() ? ", recorded" : ", as " + intact.as);
}

void take_copy(const fs::path& from, const fs::path& to) {
    const MappedFile map(from, "a file of weights");
    OutputFile out(to);
    out.write(map.bytes());
    out.commit();
}

void get_from_folder(const std::string& net, const fs::path& folder, const fs::path& cache) {
    const auto file = find_weights_in(folder, net);
    require(file.has_value(), "weights: found no file of {} in {}, expected one of {}", net, folder.string(),
            fmt::join(weight_file_names(net), ", "));
    const fs::path whole = cache / file->filename(), part = whole.string() + ".part";
    take_copy(*file, part);
    finish(part, whole);
    for (const std::string_view more : companions_of(net))
        if (fs::is_regular_file(folder / more)) take_copy(folder / more, cache / more);
}

void get_from_url(const std::string& net, const std::string& mirror, const fs::path& cache) {
    const KnownFile* known = known_file(net);
    const std::string file(known->file), own(known->url);
    require(known->way == KnownFile::Way::direct,
            "weights: gradus does not read {} as it is published at {}; `gradus weights get {} --from FOLDER` takes "
            "{}.safetensors",
            net, own, net, net);
    const std::string url =
        mirror.empty() ? own : fmt::format("{}{}{}", mirror, mirror.ends_with('/') ? "" : "/", file);
    const fs::path whole = cache / file, part = whole.string() + ".part";
    tell("{}: getting {} from {}\n", net, file, url);
    download(url, part, known->bytes);
    finish(part, whole);
}

/// What is in the cache and intact is not got again; what is damaged is put aside.
bool here(const std::string& net, const fs::path& cache) {
    const auto file = find_weights_in(cache, net);
    if (!file) return false;
    const MappedFile readable(file->string(), "weights");  // what cannot be read is not damaged
    try {
        check_intact(*file);
    } catch (const Error& error) {
        fs::rename(*file, file->string() + ".damaged");
        tell("gradus: {}; put aside as {}.damaged\n", error.what(), file->filename().string());
        return false;
    }
    fmt::print("{}: already here\n", file->string());
    return true;
}

void get_one(const std::string& net, const std::string& from, const fs::path& cache) {
    if (here(net, cache)) return;
    if (from.empty() || is_url(from))
        get_from_url(net, from, cache);
    else
        get_from_folder(net, from, cache);
}

void get_all(const std::string& from, const fs::path& cache) {
    std::size_t got = 0, failed = 0;
    for (const std::string& net : known_nets()) {
        const bool folder = !from.empty() && !is_url(from);
        if (folder ? !find_weights_in(from, net) : known_file(net)->way != KnownFile::Way::direct) continue;
        try {
            get_one(net, from, cache);
            ++got;
        } catch (const std::exception& error) {
            tell("gradus: {}\n", error.what());
            ++failed;
        }
    }
    require(failed == 0, "weights: {} of {} networks could not be got", failed, got + failed);
    require(got > 0, "weights: found no files of any network in {}", from);
}

}  // namespace

void get_weights(const std::string& net, const std::string& from) {
    std::vector<std::string> nets = known_nets();
    nets.push_back("all");
    require(std::ranges::find(nets, net) != nets.end(), "weights: no net {}; {}", in_quotes(net), nearest(net, nets));
    require(from.empty() || is_url(from) || fs::is_directory(from),
            "weights: found no folder {}, expected one for --from", from);
    const fs::path cache = cache_folder();
    if (net == "all")
        get_all(from, cache);
    else
        get_one(net, from, cache);
}

}  // namespace gradus
