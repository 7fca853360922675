#include "tools/parallel/processes.h"

#include "engine/require.h"
#include "tools/parallel/group.h"
#include "tools/parallel/open_module.h"

namespace gradus {

Processes::Processes() : Processes(module_folders()) {}

Processes::Processes(const std::vector<std::filesystem::path>& module_folders) {
    const int n = processes_started();
    if (n > 1) group_ = std::make_shared<const Group>(open_module(module_folders, n), n);
}

int Processes::rank() const { return group_ ? group_->rank() : 0; }
int Processes::size() const { return group_ ? group_->size() : 1; }

void Processes::mean(Tensor& values) const {
    require(values.dtype() == DType::f32 || values.dtype() == DType::f64,
            "the mean over processes: was given {}, expected f32 or f64", to_string(values.spec()));
    if (!group_) return;
    if (values.dtype() == DType::f32)
        group_->mean(values.values_to_write<float>().data(), values.shape().size());
    else
        group_->mean(values.values_to_write<double>().data(), values.shape().size());
}

double Processes::mean(double value) const {
    if (group_) group_->mean(&value, 1);
    return value;
}

void Processes::broadcast(Tensor& values) const {
    if (group_) group_->broadcast(values.writable(), static_cast<std::int64_t>(values.spec().bytes()));
}

std::function<Var(Var)> Processes::shared() const {
    if (!group_) return {};
    return [processes = *this](Var x) { return mean_over_processes(x, processes); };
}

}  // namespace gradus
