#pragma once
#include <cstddef>
#include <cstdint>

namespace gradus::kernels::emulation {

/// From now on a fault on this operating-system thread, while a kernel runs or near emulated memory, is reported with
/// all that is known of it.
void report_faults();

/// Where an address lies: in or how far outside of which allocation. False where none is near.
bool describe_address(std::uintptr_t address, char* text, std::size_t room);

}  // namespace gradus::kernels::emulation
