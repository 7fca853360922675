#pragma once
#include <string>

namespace gradus {

/// Puts a net's weights, or those of all nets, into the user's cache: from where its authors publish them, with curl,
/// which knows proxies, or from a folder or a URL `from`, whatever of a net's files is there. An interrupted download
/// goes on where it stopped. A file takes its name only when it is whole, can be read, and has the size and the hash
/// that its authors publish; where they publish none, what the first download had is recorded, and the next is held
/// against it.
///
/// throws    for unknown nets, when no download is known, when curl is missing or fails, and when what came is not what
///           it should be; of all nets, at the end, how many could not be got
void get_weights(const std::string& net, const std::string& from);

}  // namespace gradus
