#include "tools/techniques/net_run.h"

namespace gradus {

void NetRun::operator()(Plan& plan) const {
    if (profile != nullptr) plan.profile(true);
    plan.run();
    if (profile != nullptr) *profile = {plan.report(), plan.timed_runs()};
}

}  // namespace gradus
