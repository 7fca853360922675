#pragma once
#include "nets/net.h"
#include "tools/cli/common.h"
#include "tools/cli/photos.h"
#include "tools/image/image.h"

namespace gradus {

/// The full command, with every option that has a value, defaults included, without those that change nothing of the
/// picture (beside.h); then version, seed, net, device, precision, threads, kernels. The defaults of `unsaid` are left
/// out: something else that was given sets them.
Recipe recipe_of(const Command& command, const CommonOptions& options, const std::vector<std::string>& unsaid = {});

/// The same of a picture, with the SHA-256 of the net's weights and of every picture that was read. Of a folder's
/// photograph, `photo`, the command is that which makes its picture alone.
Recipe recipe_of(const Command& command, const CommonOptions& options, const Net& net,
                 const std::vector<std::string>& unsaid, const Photograph* photo = nullptr);

/// The value under a key; empty: there is none.
std::string value_in(const Recipe& recipe, const std::string& key);

/// The version of gradus.
const char* version();

}  // namespace gradus
