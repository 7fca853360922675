#include "tools/image/netpbm.h"

#include <algorithm>

#include "engine/require.h"
#include "tools/image/format.h"

namespace gradus {
namespace {

class Reader {
public:
    Reader(std::span<const std::byte> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

    int byte() {
        require(at_ < bytes_.size(), "{}: ends after {} bytes, expected more; is the file cut short?", name_, at_);
        return static_cast<int>(bytes_[at_++]);
    }

    /// A decimal number and the one character after it; blanks and comments may come before.
    int number() {
        int c = byte();
        while (c == ' ' || (c >= '\t' && c <= '\r') || c == '#') {
            if (c == '#') {
                while (c != '\n') c = byte();
            }
            c = byte();
        }
        require(c >= '0' && c <= '9', "{}: found no number at byte {}, expected a PPM or PGM picture", name_, at_ - 1);
        int value = 0;
        while (c >= '0' && c <= '9') {
            require(value < 100'000'000, "{}: found a number of more than 9 digits, expected a PPM or PGM picture",
                    name_);
            value = value * 10 + (c - '0');
            if (at_ == bytes_.size()) break;  // the last number of a plain file
            c = byte();
        }
        return value;
    }

    std::size_t left() const { return bytes_.size() - at_; }

private:
    std::span<const std::byte> bytes_;
    const std::string& name_;
    std::size_t at_ = 2;  // after "P6"
};

}  // namespace

Image decode_netpbm(std::span<const std::byte> bytes, const std::string& name) {
    const char kind = static_cast<char>(bytes[1]);
    const bool plain = kind == '2' || kind == '3';
    Reader reader(bytes, name);
    Image image;
    image.gray = kind == '2' || kind == '5';
    image.width = reader.number();
    image.height = reader.number();
    check_size(image.width, image.height, bytes.size(), name);
    const int greatest = reader.number();
    require(greatest >= 1 && greatest <= 65535, "{}: claims values up to {}, expected 1 to 65535", name, greatest);

    const auto pixels = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    const std::size_t values = pixels * (image.gray ? 1 : 3);
    const std::size_t least = plain ? 2 * values - 1 : values * (greatest > 255 ? 2 : 1);
    require(reader.left() >= least, "{}: holds {} bytes of pixels, expected {}; is the file cut short?", name,
            reader.left(), least);
    const auto value = [&] {
        const int high = plain ? 0 : greatest > 255 ? reader.byte() * 256 : 0;
        const int found = plain ? reader.number() : high + reader.byte();
        return static_cast<float>(std::min(found, greatest)) / static_cast<float>(greatest);
    };
    image.rgb.resize(pixels * 3);
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
        image.rgb[i] = value();
        image.rgb[i + 1] = image.gray ? image.rgb[i] : value();
        image.rgb[i + 2] = image.gray ? image.rgb[i] : value();
    }
    return image;
}

}  // namespace gradus
