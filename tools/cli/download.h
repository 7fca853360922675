#pragma once
#include <string>

namespace gradus {

/// Gets a net's published weights into the user's cache, with curl: an interrupted download goes on where it stopped,
/// and the file takes its name only when it is whole and can be read.
///
/// throws    for unknown nets, when no download is known, when curl is missing or fails, and when what came has another
/// size or
///           checksum than its authors publish or is no weight file
void get_weights(const std::string& net);

}  // namespace gradus
