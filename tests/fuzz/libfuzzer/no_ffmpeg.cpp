// Stands in for tools/image/foreign.cpp: ffmpeg is a program of its own, and starting it would take all the time.
#include "engine/error.h"
#include "tools/image/foreign.h"

gradus::Image gradus::decode_with_ffmpeg(std::span<const std::byte>, PictureFormat, const std::string& name) {
    throw Error(name + ": found a picture that ffmpeg reads, expected one that gradus does");
}
