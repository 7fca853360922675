#include "tools/techniques/net_run.h"

namespace gradus {

void NetRun::operator()(Plan& plan, int times) const {
    if (profile != nullptr) plan.profile(true);
    for (int i = 0; i < times; ++i) plan.run();
    if (profile != nullptr) *profile = {plan.report(), plan.timed_runs()};
}

}  // namespace gradus
