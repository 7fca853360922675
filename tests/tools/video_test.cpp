// Videos, with the ffmpeg that is here.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "tests/env.h"
#include "tests/error.h"
#include "tests/program.h"
#include "tests/temp_folder.h"
#include "tools/video/video_parts.h"

using namespace gradus;

namespace {

namespace fs = std::filesystem;

constexpr int width = 24, height = 16;

/// Frame `index` of a video in which something moves.
Image frame(int index) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (int i = 0; i < width * height * 3; ++i)
        image.rgb.push_back(static_cast<float>((i * 7 + index * 31) % 256) / 255);
    return image;
}

VideoFormat lossless(const FrameRate& rate) {
    return {.width = width, .height = height, .rate = rate, .codec = "ffv1", .name = "x.mkv"};
}

/// So many frames as a video in a folder, through the parts of one.
fs::path video_in(const test::TempFolder& folder, int frames, const FrameRate& rate) {
    fs::create_directory(folder / "parts");
    const VideoParts parts(folder / "parts", folder / "x.mkv", lossless(rate));
    for (int i = 0; i < frames; ++i) {
        parts.keep(i, frame(i));
        parts.settle(i + 1);
    }
    parts.join(frames, {}, "a comment");
    parts.clear();
    return folder / "x.mkv";
}

/// The pixels in 0..255 are the same.
bool same(const Image& a, const Image& b) {
    for (std::size_t i = 0; i < a.rgb.size(); ++i)
        if (std::lround(a.rgb[i] * 255) != std::lround(b.rgb[i] * 255)) return false;
    return a.rgb.size() == b.rgb.size();
}

}  // namespace

TEST_SUITE("videos") {
    TEST_CASE("frames come out as they went in, of several segments and of the rest, from any one on") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        const FrameRate rate{"4000/1001", 4000 / 1001.0};
        const fs::path video = video_in(folder, 11, rate);
        CHECK(fs::is_empty(folder / "parts"));
        const VideoInfo info = video_info(video);
        CHECK(info.width == width);
        CHECK(info.height == height);
        CHECK(info.rate.per_second == doctest::Approx(rate.per_second).epsilon(1e-3));
        CHECK(!info.sound);
        for (const int first : {0, 5, 11, 20}) {
            CAPTURE(first);
            VideoReader reader(video, info, info.rate, first);
            int index = first;
            while (const std::optional<Image> came = reader.next()) CHECK(same(*came, frame(index++)));
            CHECK(index == std::max(11, first));
        }
    }
    TEST_CASE("at another rate there are as many frames as fit into its time") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        const fs::path video = video_in(folder, 8, {"4", 4});
        VideoReader reader(video, video_info(video), {"8", 8}, 0);
        int frames = 0;
        while (reader.next()) ++frames;
        CHECK(std::abs(frames - 16) <= 1);
    }
    TEST_CASE("only the segment that is not full is kept as frames; settled again, nothing changes") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        fs::create_directory(folder / "parts");
        const VideoParts parts(folder / "parts", folder / "x.mkv", lossless({"3", 3}));
        for (int i = 0; i < 7; ++i) parts.keep(i, frame(i));
        parts.settle(7);  // as after a run that ended before it could
        const std::string part = test::file_bytes(folder / "parts/part-00001.mkv");
        CHECK(!part.empty());
        CHECK(!fs::exists(folder / "parts/frame-000005.rgb"));
        CHECK(fs::file_size(folder / "parts/frame-000006.rgb") == width * height * 3);
        // As after a run that ended while it removed frames.
        folder.write("parts/frame-000004.rgb", "left");
        folder.write("parts/frame-000005.rgb", "left");
        parts.settle(7);
        CHECK(!fs::exists(folder / "parts/frame-000004.rgb"));
        CHECK(!fs::exists(folder / "parts/frame-000005.rgb"));
        CHECK(test::file_bytes(folder / "parts/part-00001.mkv") == part);
        fs::remove(folder / "parts/part-00000.mkv");
        CHECK_ERROR(parts.settle(7), "part-00000.mkv is missing, remove the folder to begin anew");
        folder.write("parts/note.txt", "not ours");
        folder.write("parts/.gradus-12-0.tmp", "of a run that was killed");
        parts.clear();
        CHECK(std::distance(fs::directory_iterator(folder / "parts"), fs::directory_iterator()) == 1);
    }
    TEST_CASE("the video takes an older one's place: behind a link, with its permissions") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        fs::create_directory(folder / "far");
        fs::permissions(folder.write("far/real.mkv", "older"), fs::perms::owner_read | fs::perms::owner_write);
        fs::create_symlink("far/real.mkv", folder / "x.mkv");
        video_in(folder, 2, {"4", 4});
        CHECK(fs::is_symlink(folder / "x.mkv"));
        CHECK(fs::file_size(folder / "far/real.mkv") > 100);
        CHECK(fs::status(folder / "far/real.mkv").permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    }
    TEST_CASE("what cannot be read or removed is told in a sentence") {
        const test::TempFolder folder;
        const VideoParts parts(folder / "none", folder / "x.mkv", lossless({"3", 3}));
        CHECK_ERROR(parts.clear(), "none: cannot be read (No such file or directory)");
        fs::create_directories(folder / "parts/part-00000.mkv/inside");
        CHECK_ERROR(VideoParts(folder / "parts", folder / "x.mkv", lossless({"3", 3})).clear(),
                    "part-00000.mkv: cannot be removed (Directory not empty)");
    }
    TEST_CASE("a video that ends in the middle of a frame says so, after the frames before") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        const std::string bytes = test::file_bytes(video_in(folder, 12, {"4", 4}));
        const fs::path cut = folder.write("cut.mkv", bytes.substr(0, bytes.size() * 3 / 4));
        VideoReader reader(cut, video_info(cut), {"4", 4}, 0);
        int frames = 0;
        const std::string said = test::error_of([&] {
            while (reader.next()) ++frames;
        });
        CAPTURE(said);
        CHECK(frames > 5);
        CHECK(frames < 12);
        const std::string next = std::to_string(frames + 1), all = std::to_string(frames);
        CHECK(test::has(said, "cut.mkv: ends in the middle of frame " + next + " (ffmpeg: "));
        CHECK(test::has(said, "--frames " + all + " ends before it"));
        const fs::path nothing = folder.write("nothing.mkv", bytes.substr(0, 700));
        CHECK(!test::error_of([&] { video_info(nothing); }).empty());
    }
    TEST_CASE("an ffmpeg that ends in the middle of a frame is told, too, and no part of it is a frame") {
        const test::TempFolder folder;
        fs::permissions(folder.write("ffmpeg", "#!/bin/sh\nexec head -c 1200 /dev/zero\n"), fs::perms::owner_all);
        const std::string path = std::getenv("PATH");
        setenv("PATH", ((folder / ".").string() + ":" + path).c_str(), 1);
        VideoReader reader("x.mp4", {.width = width, .height = height}, {}, 0);
        setenv("PATH", path.c_str(), 1);
        CHECK(reader.next());
        CHECK(test::error_of([&] { reader.next(); }) ==
              "x.mp4: ends in the middle of frame 2; --frames 1 ends before it");
    }
    TEST_CASE("a complaint at the end of all frames, or of a file that does not say how many, is none of frames") {
        const test::TempFolder folder;
        fs::permissions(folder.write("ffmpeg", "#!/bin/sh\necho mended >&2; exec head -c 2304 /dev/zero\n"),
                        fs::perms::owner_all);
        const std::string path = std::getenv("PATH");
        const auto read_all = [&](std::optional<double> said) {
            setenv("PATH", ((folder / ".").string() + ":" + path).c_str(), 1);
            VideoReader reader("x.mkv", {.width = width, .height = height, .frames = said}, {}, 0);
            setenv("PATH", path.c_str(), 1);
            return test::error_of([&] {
                while (reader.next()) {
                }
            });
        };
        CHECK(read_all({}).empty());
        CHECK(read_all(2).empty());
        CHECK(read_all(9) == "x.mkv: ends in the middle of frame 3 (ffmpeg: \"mended\"); --frames 2 ends before it");
    }
    TEST_CASE("an ffmpeg that writes no frame is told without the advice to take none") {
        const test::TempFolder folder;
        fs::permissions(folder.write("ffmpeg", "#!/bin/sh\nexit 1\n"), fs::perms::owner_all);
        const std::string path = std::getenv("PATH");
        setenv("PATH", ((folder / ".").string() + ":" + path).c_str(), 1);
        VideoReader reader("x.mp4", {.width = width, .height = height}, {}, 0);
        setenv("PATH", path.c_str(), 1);
        CHECK(test::error_of([&] { reader.next(); }) == "x.mp4: ends in the middle of frame 1");
    }
    TEST_CASE("what is no video, or has none, is told in a sentence") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        CHECK_ERROR(video_info(folder / "none.mp4"), "none.mp4: found no such file");
        CHECK_ERROR(video_info(folder.write("bad.mp4", "garbage")), "bad.mp4: found no video (ffmpeg: ");
        const std::string sound =
            "ffmpeg -v error -f lavfi -i sine=d=1 -c:a pcm_s16le '" + (folder / "sound.mkv").string() + "'";
        REQUIRE(test::run_in_shell(sound).code == 0);
        CHECK_ERROR(video_info(folder / "sound.mkv"), "found no video stream, expected one");
    }
    TEST_CASE("codecs that are not there, and files that cannot hold them, are known before the first frame") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        fs::create_directory(folder / "parts");
        VideoFormat format = lossless({"4", 4});
        format.codec = "no-such-codec";
        CHECK_ERROR(VideoParts(folder / "parts", folder / "x.mkv", format).check({}),
                    "x.mkv: cannot be written with the codec \"no-such-codec\" (ffmpeg: ");
        format.codec = "libx264";
        CHECK_ERROR(VideoParts(folder / "parts", folder / "x.webm", format).check({}), "--codec names another");
        CHECK(fs::is_empty(folder / "parts"));
        CHECK_ERROR(usual_codec("x.wmv"), "x.wmv: found the extension \".wmv\", expected .mp4, .mkv");
    }
    TEST_CASE("an odd last row and column are left out where colors are halved") {
        SKIP_WITHOUT(test::ffmpeg_there(), "ffmpeg");
        const test::TempFolder folder;
        VideoWriter writer(folder / "odd.mp4", {.width = 17, .height = 15, .rate = {"4", 4}, .codec = "mpeg4"});
        writer.write(std::vector<std::byte>(17 * 15 * 3));
        writer.finish();
        const VideoInfo info = video_info(folder / "odd.mp4");
        CHECK(info.width == 16);
        CHECK(info.height == 14);
    }
}
