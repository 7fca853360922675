#include "kernels/cpu/cache.h"

#include <unistd.h>

namespace gradus::kernels::cpu {

long second_level_cache() {
#ifdef _SC_LEVEL2_CACHE_SIZE
    static const long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    return bytes > 0 ? bytes : 0;
#else
    return 0;
#endif
}

}  // namespace gradus::kernels::cpu
