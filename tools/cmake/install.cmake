# The libraries, and the package that find_package(gradus) finds. Two parts can be had alone:
#   kernels   gradus::kernels, raw functions on pointers (kernels/CMakeLists.txt installs it)
#   library   gradus::gradus, everything: a library a folder, each linking those below it
include(CMakePackageConfigHelpers)
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/gradus)
foreach(folder engine ops weights nets tools)
  set_target_properties(gradus_${folder} PROPERTIES EXPORT_NAME ${folder})
  target_compile_features(gradus_${folder} PUBLIC cxx_std_20)
  install(TARGETS gradus_${folder} EXPORT gradus_library COMPONENT library
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    INCLUDES DESTINATION ${headers})
endforeach()
set_target_properties(gradus_tools PROPERTIES EXPORT_NAME gradus)
add_library(gradus::gradus ALIAS gradus_tools)

# Public are the headers of the engine and of what is built on it, but not how messages are written: fmt's header is in there.
foreach(folder engine ops weights nets tools/image tools/search tools/techniques)
  file(GLOB public CONFIGURE_DEPENDS ${folder}/*.h)
  list(FILTER public EXCLUDE REGEX "/(engine/require|tools/image/stb)\\.h$")
  install(FILES ${public} DESTINATION ${headers}/${folder} COMPONENT library)
endforeach()
install(FILES tools/report/curve.h DESTINATION ${headers}/tools/report COMPONENT library)

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
install(EXPORT gradus_library FILE gradus-library-targets.cmake NAMESPACE gradus:: DESTINATION ${folder} COMPONENT library)
