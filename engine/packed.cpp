#include "engine/packed.h"

#include <map>
#include <mutex>
#include <tuple>

namespace gradus {

std::shared_ptr<Packed> packed_form(Device& device, const Tensor& leaf, const std::string& key, std::size_t bytes) {
    using Key = std::tuple<const Device*, std::uint64_t, std::string>;
    static std::mutex mutex;
    static std::map<Key, std::weak_ptr<Packed>> forms;
    const std::lock_guard lock(mutex);
    std::erase_if(forms, [](const auto& entry) { return entry.second.expired(); });
    auto& entry = forms[{&device, leaf.id(), key}];
    auto form = entry.lock();
    if (!form) {
        form = std::make_shared<Packed>();
        form->bytes = bytes;
        entry = form;
    }
    return form;
}

}  // namespace gradus
