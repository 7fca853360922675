#include "kernels/vendor/library.h"

#include <dlfcn.h>

namespace gradus::kernels::vendor {

Library::Library(std::span<const char* const> names) {
    std::string wanted;
    for (const char* name : names) {
        // Found and still not opened (a library that it needs is missing, say): the linker's own words are the reason.
        handle_ = dlopen(name, RTLD_NOW | RTLD_LOCAL);
        if (handle_) {
            name_ = name;
            return;
        }
        const char* error = dlerror();
        const std::string text = error ? error : "";
        if (text.find("cannot open shared object file: No such file") == std::string::npos || text.find(name) != 0) {
            why_not_ = std::string(name) + " cannot be opened: " + text;
            return;
        }
        wanted += (wanted.empty() ? "" : " or ") + std::string(name);
    }
    why_not_ = wanted + " is not on this machine";
}

void* Library::find(const char* function) {
    if (!handle_) return nullptr;
    void* found = dlsym(handle_, function);
    if (!found && why_not_.empty()) why_not_ = name_ + " has no " + function + ": another version is needed";
    return found;
}

}  // namespace gradus::kernels::vendor
