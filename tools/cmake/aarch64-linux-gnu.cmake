# For aarch64 on another machine, with Debian's cross compiler (package g++-aarch64-linux-gnu). Given: GRADUS_SYSROOT, a folder
# with the arm64 packages that the build needs (tests/platforms/aarch64 makes one). What was built runs under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(CMAKE_SYSROOT ${GRADUS_SYSROOT})
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GRADUS_SYSROOT)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

find_program(GRADUS_QEMU NAMES qemu-aarch64-static qemu-aarch64 REQUIRED)
set(CMAKE_CROSSCOMPILING_EMULATOR ${GRADUS_QEMU} -L ${CMAKE_SYSROOT})
