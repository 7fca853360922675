#include "engine/profiler_range.h"

#if GRADUS_HAVE_CUDA && __has_include(<nvtx3/nvToolsExt.h>)
#include <nvtx3/nvToolsExt.h>

namespace gradus {

void ProfilerRange::open(const char* name) { nvtxRangePushA(name); }
void ProfilerRange::close() { nvtxRangePop(); }

}  // namespace gradus
#else
namespace gradus {

void ProfilerRange::open(const char*) {}
void ProfilerRange::close() {}

}  // namespace gradus
#endif
