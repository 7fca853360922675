#pragma once
#include "nets/net.h"
#include "tools/cli/common.h"
#include "tools/image/image.h"
#include "tools/search/checkpoint.h"
#include "tools/search/direction.h"

namespace gradus {

/// A picture that an option names: what counts is what it shows, wherever it lies.
struct NamedPicture {
    std::string option;
    const Image* picture = nullptr;
};

/// What shapes the run of a command: its name and options, without those that only say where results go or how fast;
/// net and weights, the device's kind, the program's version.
RunSettings run_settings(const Command& command, const CommonOptions& common, const Net& net,
                         const std::vector<NamedPicture>& pictures);

/// "SHA-256 ..." of the pixels.
std::string fingerprint(const Image& picture);
/// The same of the weights.
std::string fingerprint(const Direction& direction);

}  // namespace gradus
