#include "tools/cli/photos.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "engine/in_quotes.h"
#include "engine/require.h"
#include "tools/cli/pictures_in.h"
#include "tools/cli/progress.h"
#include "tools/image/pictures_read.h"
#include "tools/tell.h"
#include "weights/output_file.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 10;

/// Whether the second folder is the first or lies in it.
bool holds(const fs::path& folder, const fs::path& other) {
    const fs::path way = fs::weakly_canonical(fs::absolute(other)).lexically_relative(fs::canonical(folder));
    return !way.empty() && *way.begin() != "..";
}

/// What each photograph becomes, within the folder to write into.
std::vector<fs::path> results_of(const PhotoArguments& a, const std::vector<fs::path>& photos) {
    std::vector<fs::path> results;
    std::map<fs::path, fs::path> taken;
    for (const fs::path& photo : photos) {
        const fs::path name = photo.lexically_relative(a.photo);
        results.push_back(fs::path(name).replace_extension(a.pictures.extension()));
        const auto [other, fresh] = taken.emplace(results.back(), name);
        require(fresh, "{}: {} and {} would both become {}, expected names that differ before the dot", a.command,
                in_quotes(other->second.string()), in_quotes(name.string()), in_quotes(results.back().string()));
    }
    return results;
}

void require_folders(const PhotoArguments& a) {
    for (const auto& [option, value] : a.for_one)
        require(value.empty(), "{}: was given {} and the folder {}, expected one photograph with it", a.command, option,
                in_quotes(a.photo));
    require(a.output != standard_stream,
            "{}: was given the folder {} and standard output, expected a folder to write into", a.command,
            in_quotes(a.photo));
    require(a.pictures.write_to.empty(), "{}: was given --write-to and a folder, expected one photograph", a.command);
    if (!a.pictures.log.empty()) OutputFile{a.pictures.log};
    std::error_code unknown;
    require(!fs::exists(a.output, unknown) || is_folder(a.output),
            "{}: found a file, expected a folder to write into, as {} is one", a.output, in_quotes(a.photo));
    require(!holds(a.photo, a.output),
            "{}: would lie among the photographs of {}, expected another folder to write into", a.output,
            in_quotes(a.photo));
}

/// What is said at the end of a folder.
std::string summary(const PhotoArguments& a, std::size_t seen, std::size_t all, double seconds) {
    return fmt::format("{}: {} picture{} in {:.0f} s{}", a.command, seen, seen == 1 ? "" : "s", seconds,
                       seen < all ? fmt::format(", of {}; stopped", all) : "");
}

}  // namespace

void each_photograph(const PhotoArguments& a, const std::function<void()>& prepare,
                     const std::function<void(const Photograph&)>& work) {
    if (!is_folder(a.photo)) {
        check_picture_flags(a.command, a.pictures, a.output, a.save_every);
        const Photograph one{.file = a.photo, .output = a.pictures.place(a.output), .image = load_image(a.photo)};
        prepare();
        return work(one);
    }
    require_folders(a);
    const std::vector<fs::path> photos = pictures_in(a.command, {a.photo}), results = results_of(a, photos);
    prepare();
    const auto start = std::chrono::steady_clock::now();
    const std::size_t of_all = pictures_read().size();
    std::vector<std::string> failed;
    std::size_t seen = 0;
    for (; seen < photos.size() && !interrupted(); ++seen) {
        const fs::path output = fs::path(a.output) / results[seen];
        forget_pictures_read(of_all);
        try {
            Photograph photo{photos[seen].string(), output.string(), load_image(photos[seen]), true};
            fs::create_directories(output.parent_path());
            work(photo);
        } catch (const std::exception& error) {  // one bad picture does not end a batch
            tell("gradus: {}\n", error.what());
            failed.push_back(photos[seen].lexically_relative(a.photo).string());
        }
    }
    require(failed.empty(), "{}: {} of {} failed: {}", a.command, failed.size(), seen, quoted_list(failed));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!a.quiet) tell("{}\n", summary(a, seen, photos.size(), seconds));
}

std::string quoted_list(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most_named); ++i)
        text += fmt::format("{}{}", i == 0 ? "" : ", ", in_quotes(names[i]));
    if (names.size() > most_named) text += fmt::format(" and {} others", names.size() - most_named);
    return text;
}

}  // namespace gradus
