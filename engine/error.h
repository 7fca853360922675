#pragma once
#include <stdexcept>

namespace gradus {

/// Every failure the library reports. what() is one sentence a user can act on: who, what was found, what was expected.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace gradus
