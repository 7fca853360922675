#pragma once
#include <span>
#include <string>

// Libraries of others that are opened when somebody asks for them, so that neither building nor starting gradus needs
// them.
namespace gradus::kernels::vendor {

/// A shared library, open until the program ends.
class Library {
public:
    /// Opens the first of these names that the dynamic linker finds.
    explicit Library(std::span<const char* const> names);

    /// The function of this name; null where the library has none, and then `why_not` says so.
    void* find(const char* function);

    const std::string& name() const { return name_; }
    /// Why it cannot be used; empty: nothing is known against it.
    const std::string& why_not() const { return why_not_; }

private:
    void* handle_ = nullptr;
    std::string name_, why_not_;
};

}  // namespace gradus::kernels::vendor
