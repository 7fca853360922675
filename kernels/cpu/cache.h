#pragma once

namespace gradus::kernels::cpu {

/// The size of a core's second-level cache in bytes; 0 where the system does not say.
long second_level_cache();

}  // namespace gradus::kernels::cpu
