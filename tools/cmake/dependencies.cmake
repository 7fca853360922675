# Libraries come from the system's packages. Where one is missing, CMake fetches a pinned version, checked by its hash; all
# of these are used as headers only, so nothing of theirs is built.
include(FetchContent)
if(POLICY CMP0135)
  cmake_policy(SET CMP0135 NEW)  # an unpacked file is as new as its unpacking
endif()

# header_library(TARGET HEADER URL HASH INCLUDE PACKAGE): an interface target over a header of the system, else over the
# folder INCLUDE of a downloaded archive.
function(header_library target header url hash include package)
  string(MAKE_C_IDENTIFIER "GRADUS_${target}_INCLUDE" found)
  find_path(${found} ${header})
  if(NOT ${found})
    message(STATUS "${header}: not on this system (package ${package}), fetching ${url}")
    string(MAKE_C_IDENTIFIER "${target}" name)
    string(TOLOWER "${name}" name)
    # Without a CMakeLists.txt in SOURCE_SUBDIR the archive is unpacked and left alone.
    FetchContent_Declare(${name} URL ${url} URL_HASH SHA256=${hash} SOURCE_SUBDIR headers-only)
    FetchContent_MakeAvailable(${name})
    set(${found} ${${name}_SOURCE_DIR}/${include})
  endif()
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  target_include_directories(${target} SYSTEM INTERFACE ${${found}})
endfunction()

find_package(OpenMP COMPONENTS CXX)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)

# GRADUS_FMT is what our libraries link: programs that link them, installed, need fmt's own library, or nothing.
set(GRADUS_FMT fmt::fmt)
find_package(fmt QUIET)
if(NOT TARGET fmt::fmt)
  set(GRADUS_FMT $<BUILD_INTERFACE:fmt::fmt>)
  header_library(fmt::fmt fmt/format.h https://github.com/fmtlib/fmt/archive/refs/tags/9.1.0.tar.gz
    5dea48d1fcddc3ec571ce2058e13910a0d4a6bab4cc09a809d8b1dd1c88ae6f2 include libfmt-dev)
  target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY=1)
endif()
header_library(nlohmann_json::nlohmann_json nlohmann/json.hpp https://github.com/nlohmann/json/archive/refs/tags/v3.11.3.tar.gz
  0d8ef5af7f9794e3263480193c491549b2ba6cc74bb018906202ada498a79406 include nlohmann-json3-dev)
header_library(CLI11::CLI11 CLI/CLI.hpp https://github.com/CLIUtils/CLI11/archive/refs/tags/v2.3.2.tar.gz
  aac0ab42108131ac5d3344a9db0fdf25c4db652296641955720a4fbe52334e22 include libcli11-dev)
if(GRADUS_TESTS)
  header_library(gradus_doctest doctest/doctest.h https://github.com/doctest/doctest/archive/refs/tags/v2.4.11.tar.gz
    632ed2c05a7f53fa961381497bf8069093f0d6628c5f26286161fbd32a560186 . doctest-dev)
endif()

# What the program can do without.
if(GRADUS_BENCH)
  find_package(benchmark QUIET)
endif()
if(GRADUS_USE_ONEDNN)
  include(tools/cmake/onednn.cmake)
  if(TARGET gradus::onednn)
    set(GRADUS_HAVE_ONEDNN ON)
  else()
    message(STATUS "oneDNN: not found; bf16 and strided convolutions will be slower (package libdnnl-dev)")
  endif()
endif()
