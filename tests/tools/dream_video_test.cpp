// Dreams of frames, as a user asks for them: with mini, which comes along, and with the ffmpeg that is here.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>
#include <vector>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tools/image/moved.h"
#include "tools/search/checkpoint.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

using test::gradus_in;

const std::string small = " --net mini --layer relu2_2 --octaves 1 --steps 1 --threads 1 --quiet";
/// So long that a frame takes its time.
const std::string slower = " --net mini --layer relu2_2 --octaves 1 --steps 20 --threads 1 --quiet";
/// So short a step that a dream is what it began with.
const std::string no_dream = " --net mini --layer relu2_2 --octaves 1 --steps 1 --step 1e-6 --threads 1 --quiet";

bool all_there() {
    return test::program_built() && test::run_in_shell("ffmpeg -version && ffprobe -version").code == 0;
}

Image gray(float value) { return {.width = 48, .height = 32, .rgb = std::vector<float>(48 * 32 * 3, value)}; }

Image bars() {
    Image image = gray(0);
    for (std::size_t i = 0; i < image.rgb.size(); ++i)
        image.rgb[i] = 0.5f + 0.3f * std::sin(0.05f * static_cast<float>(i));
    return image;
}

/// A video of moving bars with a sound, in a folder.
void write_video(const test::TempFolder& folder, const std::string& name, int frames) {
    const test::Ran ran = test::run_in_shell(
        "cd '" + (folder / ".").string() +
        "' && ffmpeg -v error -f lavfi -i testsrc=s=48x32:r=4 -f lavfi -i sine=f=440 -t " +
        std::to_string(frames / 4.0) + " -c:v mpeg4 -c:a aac -movflags +faststart " + name + " 2>&1");
    CAPTURE(ran.said);
    REQUIRE(ran.code == 0);
}

/// What ffprobe says, such as "stream=nb_frames", of the streams that are chosen.
std::string probed(const fs::path& file, const std::string& streams, const std::string& what) {
    return test::run_in_shell("ffprobe -v error -count_frames -select_streams " + streams + " -show_entries " + what +
                              " -of csv=p=0 '" + file.string() + "'")
        .said;
}

/// The packets of a file's streams, by their checksums.
std::string packets(const fs::path& file, const std::string& stream) {
    return test::run_in_shell("ffmpeg -v error -i '" + file.string() + "' -map " + stream + " -c copy -f framemd5 -")
        .said;
}

/// Starts gradus, waits until so many frames are done, and ends it with a signal. Its exit code, or minus the signal.
int ended_after(const fs::path& folder, const std::string& arguments, const std::string& kept, int signal) {
    std::vector<std::string> words{GRADUS_BINARY_DIR "/bin/gradus"};
    std::istringstream rest(arguments);
    for (std::string word; rest >> word;) words.push_back(word);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        if (chdir(folder.c_str()) == 0) execv(argv[0], argv.data());
        _exit(127);
    }
    REQUIRE(child > 0);
    for (int i = 0; i < 3000 && !fs::exists(folder / kept); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    kill(child, signal);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

float farthest(const Image& a, const Image& b) {
    REQUIRE(a.rgb.size() == b.rgb.size());
    float most = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) most = std::max(most, std::abs(a.rgb[i] - b.rgb[i]));
    return most;
}

}  // namespace

TEST_SUITE("dreams of videos") {
    TEST_CASE("a photograph's first frame is its dream, and each next one that of the frame before, moved") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        const test::Ran one = gradus_in(folder / ".", "dream photo.png -o one.png" + small),
                        frames = gradus_in(folder / ".", "dream photo.png -o x.png --frames 2" + small);
        CAPTURE(one.said);
        CAPTURE(frames.said);
        REQUIRE(frames.code == 0);
        CHECK(load_image(folder / "x-0001.png").rgb == load_image(folder / "one.png").rgb);
        CHECK(load_image(folder / "x-0002.png").rgb != load_image(folder / "one.png").rgb);
        CHECK(!fs::exists(folder / "x.png.parts"));
        REQUIRE(gradus_in(folder / ".",
                          "dream photo.png -o m.png --frames 2 --zoom 1.2 --rotate 3 --translate 2,-1" + no_dream)
                    .code == 0);
        const Motion motion{.zoom = 1.2f, .degrees = 3, .right = 2, .down = -1};
        CHECK(farthest(load_image(folder / "m-0002.png"),
                       moved(load_image(folder / "photo.png"), motion, Beyond::mirrored, 1)) < 1 / 255.0f);
    }
    TEST_CASE("a frame's recipe makes the frames again") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        REQUIRE(gradus_in(folder / ".", "dream photo.png -o x.png --frames 2 --tileable" + small).code == 0);
        const Image made = load_image(folder / "x-0002.png");
        std::string command;
        for (const auto& [key, value] : read_recipe(folder / "x-0002.png"))
            if (key == "gradus.command") command = value.substr(std::string("gradus ").size());
        fs::remove(folder / "x-0002.png");
        const test::Ran again = gradus_in(folder / ".", command);
        CAPTURE(again.said);
        REQUIRE(again.code == 0);
        CHECK(load_image(folder / "x-0002.png").rgb == made.rgb);
    }
    TEST_CASE("a video keeps its sound, its rate and its number of frames") {
        SKIP_WITHOUT(all_there(), "the program, built, and ffmpeg");
        const test::TempFolder folder;
        write_video(folder, "in.mp4", 6);
        const test::Ran ran = gradus_in(folder / ".", "dream in.mp4 -o out.mp4" + small);
        CAPTURE(ran.said);
        REQUIRE(ran.code == 0);
        CHECK(ran.said.empty());
        CHECK(probed(folder / "out.mp4", "v", "stream=width,height,r_frame_rate,avg_frame_rate,nb_read_frames") ==
              probed(folder / "in.mp4", "v", "stream=width,height,r_frame_rate,avg_frame_rate,nb_read_frames"));
        CHECK(packets(folder / "out.mp4", "0:a") == packets(folder / "in.mp4", "0:a"));
        CHECK(test::has(test::run_in_shell("ffprobe -v error -show_entries format_tags=comment -of csv=p=0 '" +
                                           (folder / "out.mp4").string() + "'")
                            .said,
                        "gradus dream in.mp4"));
        CHECK(folder.files() == 2);
    }
    TEST_CASE("the dream before is blended into a video's next frame") {
        SKIP_WITHOUT(all_there(), "the program, built, and ffmpeg");
        const test::TempFolder folder;
        save_image(folder / "in-1.png", gray(0.2f));
        save_image(folder / "in-2.png", gray(0.8f));
        save_image(folder / "in-3.png", gray(0.8f));
        REQUIRE(test::run_in_shell("cd '" + (folder / ".").string() +
                                   "' && ffmpeg -v error -framerate 4 -i in-%d.png -c:v ffv1 in.mkv 2>&1")
                    .code == 0);
        const test::Ran ran = gradus_in(folder / ".", "dream in.mkv -o x.png --blend 0.25" + no_dream);
        CAPTURE(ran.said);
        REQUIRE(ran.code == 0);
        const float expected[] = {0.2f, 0.2f + 0.25f * 0.6f, 0.35f + 0.25f * 0.45f};
        for (int i = 0; i < 3; ++i)
            CHECK(farthest(load_image(folder / ("x-000" + std::to_string(i + 1) + ".png")), gray(expected[i])) <
                  1.01f / 255);
    }
    TEST_CASE("a run that was ended goes on, and makes the same video, byte for byte") {
        SKIP_WITHOUT(all_there(), "the program, built, and ffmpeg");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        const std::string run = "dream photo.png --fps 3 --frames 5" + slower;
        REQUIRE(gradus_in(folder / ".", run + " -o whole.mp4").code == 0);
        const std::string first = "out.mp4.parts/state", second = "out.mp4.parts/part-00000.mp4";
        // Ended after a frame, then after a segment, then not any more. A run may have come to its end before that.
        const int killed = ended_after(folder / ".", run + " -o out.mp4", first, SIGKILL);
        CHECK((killed == -SIGKILL || killed == 0));
        if (killed != 0)
            CHECK(gradus_in(folder / ".", run + " -o out.mp4 --rotate 2").said ==
                  "gradus: out.mp4.parts/state: was made with --rotate 0, now 2 was asked for\n");
        fs::remove(folder / "out.mp4");
        const int interrupted = ended_after(folder / ".", run + " -o out.mp4", second, SIGINT);
        CHECK((interrupted == 130 || interrupted == 0));
        if (interrupted == 130) {
            CHECK(!fs::exists(folder / "out.mp4"));
            CHECK(test::has(gradus_in(folder / ".", "dream photo.png --fps 3 --frames 1 -o out.mp4" + slower).said,
                            "expected at most the 1 of --frames"));
        }
        const test::Ran resumed = gradus_in(folder / ".", run + " -o out.mp4");
        CAPTURE(resumed.said);
        REQUIRE(resumed.code == 0);
        CHECK(packets(folder / "out.mp4", "0:v") == packets(folder / "whole.mp4", "0:v"));
        CHECK(probed(folder / "out.mp4", "v", "stream=nb_read_frames") == "5\n");
        CHECK(!fs::exists(folder / "out.mp4.parts"));
    }
    TEST_CASE("other settings are refused, and what is finished is kept") {
        SKIP_WITHOUT(all_there(), "the program, built, and ffmpeg");
        const test::TempFolder folder;
        write_video(folder, "whole.mp4", 8);
        const std::string bytes = test::file_bytes(folder / "whole.mp4");
        folder.write("in.mp4", bytes.substr(0, bytes.size() * 3 / 5));
        folder.write("out.mp4", "an older one");
        const test::Ran cut = gradus_in(folder / ".", "dream in.mp4 -o out.mp4" + small);
        CAPTURE(cut.said);
        CHECK(cut.code == 1);
        CHECK(test::has(cut.said, "gradus: in.mp4: ends in the middle of frame "));
        CHECK(test::file_bytes(folder / "out.mp4") == "an older one");
        CHECK(fs::exists(folder / "out.mp4.parts/state"));
        const test::Ran other = gradus_in(folder / ".", "dream in.mp4 -o out.mp4 --jitter 3" + small);
        CHECK(other.said == "gradus: out.mp4.parts/state: was made with --jitter 32, now 3 was asked for\n");
        // A state may be of anything.
        const fs::path state = folder / "out.mp4.parts/state";
        const std::string good = test::file_bytes(state);
        Checkpoint stale = load_checkpoint(state);
        for (auto& stored : stale.stages[0].tensors)
            if (stored.first == "picture") stored.second = Tensor(Shape{2, 3, 3}, std::vector<float>(18));
        save_checkpoint(state, stale);
        CHECK(gradus_in(folder / ".", "dream in.mp4 -o out.mp4" + small).said ==
              "gradus: out.mp4.parts: holds a frame of 3x2, expected 48x32; remove the folder to begin anew\n");
        folder.write("out.mp4.parts/state", good);
        // What it says is the way out.
        const std::size_t at = cut.said.find("--frames ");
        REQUIRE(at != std::string::npos);
        const std::string frames = cut.said.substr(at, cut.said.find(' ', at + 9) - at);
        const test::Ran kept = gradus_in(folder / ".", "dream in.mp4 -o out.mp4 " + frames + small);
        CAPTURE(kept.said);
        REQUIRE(kept.code == 0);
        CHECK("--frames " + probed(folder / "out.mp4", "v", "stream=nb_read_frames") == frames + "\n");
        CHECK(!fs::exists(folder / "out.mp4.parts"));
    }
    TEST_CASE("what cannot be made is told in a sentence, and leaves nothing behind") {
        SKIP_WITHOUT(all_there(), "the program, built, and ffmpeg");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        write_video(folder, "in.mp4", 2);
        struct Bad {
            std::string arguments, says;
        };
        for (const Bad& bad :
             {Bad{"photo.png -o x.mp4", "a video of a photograph needs --frames"},
              Bad{"photo.png -o x.png --zoom 1.1", "was given --zoom with no --frames"},
              Bad{"photo.png -o x.mp4 --frames 2 --blend 0.5", "was given --blend with a photograph"},
              Bad{"photo.png -o x.mp4 --frames 2 --translate 3", "\"3\" is not a shift"},
              Bad{"photo.png -o x.mp4 --frames 2 --report x.html", "was given --report with frames"},
              Bad{"photo.png -o x.wmv --frames 2", "expected .mp4, .mkv, .mov, .avi or .webm"},
              Bad{"photo.png -o x.png --frames 2 --codec ffv1", "was given --codec with pictures"},
              Bad{"photo.png -o x.mp4 --frames 2 --codec none",
                  "x.mp4: cannot be written with the codec \"none\" (ffmpeg: "},
              Bad{". -o x.mp4 --frames 2", "."}, Bad{"in.mp4 -o x.mp4 --rotate 3", "was given --rotate with a video"},
              Bad{"in.mp4 -o x.webm --codec libvpx", "and the sound of in.mp4"},
              Bad{"in.mp4 -o nowhere/x.mp4", "found no folder"},
              Bad{"none.mp4 -o x.mp4", "none.mp4: found no such file"}}) {
            const test::Ran ran = gradus_in(folder / ".", "dream " + bad.arguments + small);
            CAPTURE(bad.arguments);
            CAPTURE(ran.said);
            CHECK(ran.code == 1);
            CHECK(ran.said.starts_with("gradus: "));
            CHECK(test::has(ran.said, bad.says));
        }
        CHECK(folder.files() == 2);
    }
    TEST_CASE("a file that says it has any number of frames has as many as there are") {
        SKIP_WITHOUT(all_there(), "the program, built, and ffmpeg");
        const test::TempFolder folder;
        write_video(folder, "in.mp4", 2);
        fs::create_directory(folder / "bin");
        fs::permissions(folder.write("bin/ffprobe",
                                     "#!/bin/sh\necho '{\"streams\": [{\"codec_type\": \"video\", \"r_frame_rate\": "
                                     "\"4/1\", \"nb_frames\": \"1e300\"}]}'\n"),
                        fs::perms::owner_all);
        const test::Ran ran = test::run_in_shell(
            "cd '" + (folder / ".").string() +
            "' && PATH=\"$PWD/bin:$PATH\" '" GRADUS_BINARY_DIR
            "/bin/gradus' dream in.mp4 -o x.png --net mini --layer relu2_2 --octaves 1 --steps 5000 --step 1e-6 "
            "--threads 1 --size 16 --frames 0 2>&1 & child=$!; sleep 2; kill $child; wait $child");
        CAPTURE(ran.said);
        CHECK(test::has(ran.said, "frame 1/1048576, step 1/2147483647, "));
    }
    TEST_CASE("two runs do not work on one video") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        fs::create_directory(folder / "x.png.parts");
        const int other = open((folder / "x.png.parts").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        REQUIRE(flock(other, LOCK_EX | LOCK_NB) == 0);
        const std::string run = "dream photo.png -o x.png --frames 1" + small;
        CHECK(gradus_in(folder / ".", run).said == "gradus: x.png.parts: another run is at work there\n");
        close(other);
        folder.write("x.png.parts/.gradus-12-0.tmp", "of a run that was killed");
        CHECK(gradus_in(folder / ".", run).code == 0);
        CHECK(!fs::exists(folder / "x.png.parts"));
    }
    TEST_CASE("without ffmpeg a sentence says what to do, and pictures can be written all the same") {
        SKIP_WITHOUT(test::program_built(), "the program, built");
        const test::TempFolder folder;
        save_image(folder / "photo.png", bars());
        folder.write("in.mp4", "anything");
        const auto without = [&](const std::string& arguments) {
            return test::run_in_shell("cd '" + (folder / ".").string() +
                                      "' && PATH= '" GRADUS_BINARY_DIR "/bin/gradus' dream " + arguments + small +
                                      " 2>&1");
        };
        const test::Ran written = without("photo.png -o x.mp4 --frames 2"), read = without("in.mp4 -o x.png");
        CHECK(written.code == 1);
        CHECK(written.said ==
              "gradus: ffmpeg: found no such program; install ffmpeg, or write numbered pictures with -o NAME.png\n");
        CHECK(read.code == 1);
        CHECK(read.said == "gradus: ffprobe: found no such program; install ffmpeg\n");
        CHECK(folder.files() == 2);
        CHECK(without("photo.png -o x.png --frames 1").code == 0);
        CHECK(fs::exists(folder / "x-0001.png"));
    }
}
