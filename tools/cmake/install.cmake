# The package that find_package(gradus) finds. A library joins it by install(TARGETS ... EXPORT gradus) in its own folder, and
# a line gradus_NAME_FOUND in gradus-config.cmake.in.
include(CMakePackageConfigHelpers)
set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/gradus)
configure_package_config_file(tools/cmake/gradus-config.cmake.in ${PROJECT_BINARY_DIR}/package/gradus-config.cmake
  INSTALL_DESTINATION ${folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/gradus-config-version.cmake COMPATIBILITY SameMinorVersion)
set(files ${PROJECT_BINARY_DIR}/package/gradus-config.cmake ${PROJECT_BINARY_DIR}/package/gradus-config-version.cmake)
if(GRADUS_HAVE_ONEDNN)
  list(APPEND files tools/cmake/onednn.cmake)
endif()
install(FILES ${files} DESTINATION ${folder} COMPONENT kernels)
install(EXPORT gradus FILE gradus-targets.cmake NAMESPACE gradus:: DESTINATION ${folder} COMPONENT kernels)
