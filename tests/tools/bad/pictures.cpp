// Pictures that are none, are not whole, or claim what cannot be; and places where none can be written.
#include <sys/stat.h>

#include "tests/program.h"
#include "tests/tools/bad/input.h"
#include "tests/tools/png_of.h"
#include "tools/image/image.h"

namespace gradus::test {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

std::string little(std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
}

std::string bmp_of(std::uint32_t width, std::uint32_t height) {
    return "BM"s + little(54, 4) + little(0, 4) + little(54, 4) + little(40, 4) + little(width, 4) + little(height, 4) +
           little(1, 2) + little(24, 2) + std::string(24, '\0');
}

/// A start of scan behind a frame of this size, and nothing in it.
std::string jpeg_of(int width, int height) {
    const auto big = [](int v) { return std::string{static_cast<char>(v >> 8), static_cast<char>(v)}; };
    return "\xff\xd8\xff\xc0\0\x11\x08"s + big(height) + big(width) +
           "\3\1\x22\0\2\x11\1\3\x11\1\xff\xda\0\x08\1\1\0\0"s;
}

std::string gif_of(int width, int height) {
    const std::string size =
        little(static_cast<std::uint64_t>(width), 2) + little(static_cast<std::uint64_t>(height), 2);
    return "GIF89a"s + size + "\x80\0\0\xff\0\0\0\0\0,\0\0\0\0"s + size + "\0\2\2D\1\0;"s;
}

/// A TIFF whose directory gives its size, one bit a pixel, and no pixels.
std::string tiff_of(std::uint32_t width, std::uint32_t height) {
    const auto entry = [](int tag, std::uint32_t value) {
        return little(static_cast<std::uint64_t>(tag), 2) + little(4, 2) + little(1, 4) + little(value, 4);
    };
    return "II*\0"s + little(8, 4) + little(7, 2) + entry(256, width) + entry(257, height) + entry(258, 8) +
           entry(259, 1) + entry(262, 1) + entry(273, 8) + entry(279, 64) + little(0, 4);
}

/// A lossless WebP of this size, and no pixels.
std::string webp_of(std::uint32_t width, std::uint32_t height) {
    const std::string data = "\x2f"s + little((width - 1) | std::uint64_t{height - 1} << 14, 4) + "\0\0\0"s;
    return "RIFF"s + little(12 + data.size(), 4) + "WEBPVP8L" + little(data.size(), 4) + data;
}

Image waves(int width, int height) {
    Image image{.width = width, .height = height, .rgb = {}};
    for (int i = 0; i < width * height * 3; ++i) image.rgb.push_back(static_cast<float>(i * 37 % 101) / 100);
    return image;
}

}  // namespace

void write_bad_pictures(const TempFolder& folder) {
    folder.write("tiny.ppm", "P3 2 2 255 0 0 0 9 9 9 99 99 99 255 255 255\n");
    save_image(folder / "photo.png", waves(48, 40));
    save_image(folder / "photo.jpg", waves(48, 40));
    folder.write("text.png", "no picture");
    folder.write("empty.jpg", "");
    folder.write("page.jpg", "<!DOCTYPE html><html></html>");
    folder.write("paper.png", "%PDF-1.7\n");
    folder.write("film.jpg",
                 "\0\0\0\x20"
                 "ftypisom\0\0\2\0isomiso2avc1mp41"s);
    folder.write("numbers.png", "\x93NUMPY\1\0");
    const std::string png = file_bytes(folder / "photo.png"), jpeg = file_bytes(folder / "photo.jpg");
    folder.write("cut.png", png.substr(0, png.size() * 2 / 3));
    folder.write("cut.jpg", jpeg.substr(0, jpeg.size() * 2 / 3));
    folder.write("header.jpg", jpeg.substr(0, 40));
    std::string damaged = png;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    folder.write("damaged.png", damaged);
    folder.write("cut.ppm", "P6 640 480 255\n123");
    folder.write("huge.png", png_of(200000, 200000, 8, 2, "\0"s));
    folder.write("wide.png", png_of(60000, 4000, 8, 2, "\0"s));
    folder.write("huge.ppm", "P6 200000 200000 255\n");
    folder.write("huge.bmp", bmp_of(200000, 200000));
    folder.write("huge.jpg", jpeg_of(65500, 65500));
    folder.write("huge.gif", gif_of(65535, 65535));
    folder.write("huge.tif", tiff_of(200000, 200000));
    folder.write("huge.webp", webp_of(16384, 16384));
    folder.write("none.webp", "RIFF\x04\0\0\0WEBP"s);
    folder.write("none.tif", "II*\0\x08\0\0\0\0\0"s);
    folder.write("none.heic",
                 "\0\0\0\x18"
                 "ftypheic\0\0\0\0mif1heic"s);
    fs::create_directory(folder / "empty");
    fs::create_directory(folder / "folder.png");
    fs::create_symlink("circle.png", folder / "circle.png");
    fs::create_symlink("nothing.png", folder / "dangling.png");
    fs::create_symlink("nowhere/x.png", folder / "astray.png");
    mkfifo((folder / "pipe.png").c_str(), 0600);
}

std::vector<BadInput> bad_pictures() {
    const std::string whole = "in the middle of the picture, expected all of it";
    const bool ffmpeg = ffmpeg_there();
    const auto by_ffmpeg = [&](const std::string& name) {
        const std::string says = ffmpeg ? name + ": " : "ffmpeg: found no such program; it reads WebP, TIFF";
        return BadInput{"dream " + name + " -o x.png", 1, {says, name}};
    };
    return {
        {"dream missing.png -o x.png", 1, {"missing.png: found no such file", "expected a picture"}},
        {"classify missing.png --net mini", 1, {"missing.png: found no such file"}},
        {"dream empty.jpg -o x.png", 1, {"empty.jpg: found an empty file"}},
        {"classify folder.png", 1, {"folder.png", "no pictures"}},
        {"dream empty -o x", 1, {"the folder empty holds no pictures"}},
        {"dream photo.png --guide folder.png -o x.png", 1, {"folder.png: found a directory, expected a picture"}},
        {"dream pipe.png -o x.png", 1, {"pipe.png: found something that is not a regular file"}},
        {"dream /dev/zero -o x.png", 1, {"/dev/zero: found something that is not a regular file"}},
        {"dream circle.png -o x.png", 1, {"circle.png: cannot be read", "Too many levels of symbolic links"}},
        {"dream dangling.png -o x.png", 1, {"dangling.png: found no such file"}},
        {"dream - -o x.png < /dev/null", 1, {"standard input: found nothing, expected a picture"}},
        {"dream - -o x.png < text.png", 1, {"standard input: found no picture, expected PNG"}},
        {"dream - -o x.png < cut.png", 1, {"standard input: ends after", whole}},
        {"dream text.png -o x.png", 1, {"text.png: found no picture, expected PNG"}},
        {"dream page.jpg -o x.png", 1, {"page.jpg: found a text (SVG, HTML)"}},
        {"dream paper.png -o x.png", 1, {"paper.png: found a PDF document"}},
        {"dream film.jpg -o x.png", 1, {"film.jpg: found a video"}},
        {"dream numbers.png -o x.png", 1, {"numbers.png: found a NumPy array"}},
        {"classify cut.png --net mini", 1, {"cut.png: ends after", whole}},
        {"classify cut.jpg --net mini", 1, {"cut.jpg: ends after", whole}},
        {"classify header.jpg --net mini", 1, {"header.jpg: "}},
        {"classify damaged.png --net mini", 1, {"damaged.png: found damaged data (a wrong checksum)"}},
        {"classify cut.ppm --net mini", 1, {"cut.ppm: claims 640 x 480 pixels in 18 bytes, expected more bytes"}},
        {"dream huge.png -o x.png", 1, {"huge.png: claims 200000 x 200000 pixels, expected 1 to 65535 a side"}},
        {"dream wide.png -o x.png", 1, {"wide.png: claims 60000 x 4000 pixels in 69 bytes, expected more"}},
        {"dream huge.ppm -o x.png", 1, {"huge.ppm: claims 200000 x 200000 pixels, expected 1 to 65535 a side"}},
        {"dream huge.bmp -o x.png", 1, {"huge.bmp: "}},
        {"dream huge.jpg -o x.png", 1, {"huge.jpg: claims 65500 x 65500 pixels", "at most 268435456 in all"}},
        {"dream huge.gif -o x.png", 1, {"huge.gif: claims 65535 x 65535 pixels", "at most 268435456 in all"}},
        by_ffmpeg("huge.tif"),
        by_ffmpeg("huge.webp"),
        by_ffmpeg("none.webp"),
        by_ffmpeg("none.tif"),
        by_ffmpeg("none.heic"),
        {"dream photo.png --mask tiny.ppm -o x.png --net mini",
         1,
         {"found a mask of 2x2, expected 48x40, the size of"}},
        {"saliency cut.jpg -o x.png", 1, {"cut.jpg: ends after", whole}},
        {"invert cut.png -o x.png", 1, {"cut.png: ends after", whole}},
        {"climb page.jpg -o x.png --objective tv", 1, {"page.jpg: found a text"}},
        {"style photo.png -o x.png --style cut.jpg", 1, {"cut.jpg: ends after", whole}},
        {"visualize -o x.png --init huge.png --net mini", 1, {"huge.png: claims 200000 x 200000"}},
        {"redo photo.png", 1, {"photo.png: holds no recipe, expected a picture that gradus made"}},
        {"redo missing.png", 1, {"missing.png: found no such file"}},
        {"redo huge.gif", 1, {"huge.gif: found a picture that carries no recipe, expected PNG or JPEG"}},
        {"redo cut.png --show", 1, {"cut.png: "}},
    };
}

std::vector<BadInput> bad_outputs() {
    return {
        {"dream photo.png -o nowhere/x.png", 1, {"nowhere/x.png: found no folder nowhere"}},
        {"dream photo.png -o text.png/x.png", 1, {"text.png/x.png: found no folder text.png"}},
        {"dream photo.png -o folder.png", 1, {"folder.png: found a directory, expected a file or nothing there"}},
        {"dream photo.png -o pipe.png", 1, {"pipe.png: found something that is not a regular file"}},
        {"dream photo.png -o /dev/full", 1, {"/dev/full: "}},
        {"dream photo.png -o circle.png", 1, {"circle.png: found a circle of symbolic links"}},
        {"dream photo.png -o astray.png", 1, {"astray.png: found no folder nowhere"}},
        {"dream photo.png -o /proc/x.png", 1, {"/proc/x.png: cannot be written ("}},
        {"dream photo.png -o x.webp", 1, {"the extension \".webp\", expected .png, .jpg or .jpeg"}},
        {"dream photo.png -o x", 1, {"x: found the extension \"\", expected .png, .jpg or .jpeg"}},
        {"dream photo.png -o ''", 1, {"expected"}},
        {"dream photo.png -o x.png --report x.pdf", 1, {"the extension \".pdf\", expected .html or .htm"}},
        {"dream photo.png -o x.png --report folder.png/x.pdf", 1, {"folder.png/x.pdf"}},
        {"dream photo.png -o x.png --checkpoint nowhere/x.ckpt", 1, {"nowhere/x.ckpt: found no folder nowhere"}},
        {"dream photo.png -o x.png --log nowhere/x.json", 1, {"nowhere/x.json: found no folder nowhere"}},
        {"dream photo.png -o x.png --log empty", 1, {"empty: found a directory"}},
        {"dream photo.png -o x.png --log pipe.png", 1, {"pipe.png: found something that is not a regular file"}},
        {"dream photo.png -o x.png --profile=nowhere/t.json", 1, {"nowhere/t.json: found no folder"}},
        {"dream photo.png -o - --save-every 1", 1, {"--save-every"}},
        {"dream photo.png -o - --output-format gif", 2, {"--output-format"}},
        {"dream photo.png -o x.mp4 --frames 2 --output-format png", 1, {"--output-format"}},
        {"dream photo.png -o - --net mini --octaves 1 --steps 1 --quiet > /dev/full",
         1,
         {"standard output: cannot be written (No space left on device)"}},
        {"dream photo.png -o x.png --net mini --octaves 1 --steps 1 --quiet",
         1,
         {"x.png: cannot be written (File too large)"},
         "ulimit -f 1"},
        {"weights convert weights.safetensors -o x.safetensors",
         1,
         {"x.safetensors: cannot be written (File too large)"},
         "ulimit -f 1"},
    };
}

}  // namespace gradus::test
