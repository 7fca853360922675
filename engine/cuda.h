#pragma once
#include <string>

#include "engine/device.h"

namespace gradus {

/// How many NVIDIA GPUs gradus can use here. Where that is 0, `why_none` gets the reason, a sentence without a period.
int cuda_devices(std::string* why_none = nullptr);

/// The GPU of this number, from 0. One for the whole program.
///
/// throws    when gradus is built without CUDA, and for a GPU that it has no code for
Device& cuda_device(int number);

}  // namespace gradus
