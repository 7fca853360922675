# Manual and completions, which the program writes itself, and what CPack makes:
#   cpack -G DEB   gradus_VERSION_ARCH.deb, the program; libgradus-dev_VERSION_ARCH.deb, the library; gradus-mpi_..., for
#                  several processes, where it was built with an MPI
#   cpack -G TGZ   the same as archives that run wherever they are unpacked: libraries of other people come along
set(manual ${PROJECT_BINARY_DIR}/manual)
set(completions ${PROJECT_BINARY_DIR}/completions)
add_custom_command(OUTPUT ${manual}/gradus.1 ${completions}/gradus
  COMMAND ${CMAKE_COMMAND} -E make_directory ${manual} ${completions}
  COMMAND gradus help --man ${manual}
  COMMAND gradus completion bash > ${completions}/gradus
  COMMAND gradus completion zsh > ${completions}/_gradus
  COMMAND gradus completion fish > ${completions}/gradus.fish
  DEPENDS gradus VERBATIM)
add_custom_target(gradus_manual ALL DEPENDS ${manual}/gradus.1)
install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${completions}/gradus DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
set(of_zsh site-functions)
if(EXISTS /etc/debian_version)
  set(of_zsh vendor-completions)
endif()
install(FILES ${completions}/_gradus DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${of_zsh} COMPONENT program)
install(FILES ${completions}/gradus.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
foreach(package gradus:program libgradus-dev:library gradus-mpi:mpi)
  string(REPLACE ":" ";" package ${package})
  list(GET package 0 name)
  list(GET package 1 component)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} RENAME copyright COMPONENT ${component})
endforeach()

# What the program of an archive finds beside itself: all libraries but those that every system has.
set(bundled ${CMAKE_INSTALL_LIBDIR}/gradus)
file(RELATIVE_PATH from_program /${CMAKE_INSTALL_BINDIR} /${bundled})
set_target_properties(gradus PROPERTIES INSTALL_RPATH "$ORIGIN/${from_program}")
target_link_options(gradus PRIVATE -Wl,--disable-new-dtags)  # the libraries find each other there, too
install(CODE "
  file(GET_RUNTIME_DEPENDENCIES EXECUTABLES $<TARGET_FILE:gradus> RESOLVED_DEPENDENCIES_VAR libraries
    PRE_EXCLUDE_REGEXES [[^(ld-linux.*|lib(c|m|dl|rt|pthread|stdc\\+\\+|gcc_s))[.]so]])
  file(INSTALL \${libraries} DESTINATION \${CMAKE_INSTALL_PREFIX}/${bundled} FOLLOW_SYMLINK_CHAIN)" COMPONENT bundle EXCLUDE_FROM_ALL)

set(CPACK_PACKAGE_NAME gradus)
set(CPACK_PACKAGE_VENDOR "The gradus authors")
set(CPACK_PACKAGE_CONTACT "The gradus authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "looks inside vision networks, climbing along their gradients")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_FILE_NAME gradus-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR})

set(CPACK_COMPONENTS_ALL program bundle kernels library)
if(GRADUS_HAVE_MPI)
  list(APPEND CPACK_COMPONENTS_ALL mpi)
endif()
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENT_PROGRAM_GROUP program)
set(CPACK_COMPONENT_BUNDLE_GROUP program)
set(CPACK_COMPONENT_MPI_GROUP mpi)
set(CPACK_COMPONENT_KERNELS_GROUP library)
set(CPACK_COMPONENT_LIBRARY_GROUP library)
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/tools/cmake/cpack.cmake)
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
set(CPACK_ARCHIVE_PROGRAM_FILE_NAME ${CPACK_PACKAGE_FILE_NAME})
set(CPACK_ARCHIVE_LIBRARY_FILE_NAME lib${CPACK_PACKAGE_FILE_NAME}-dev)

set(CPACK_ARCHIVE_MPI_FILE_NAME gradus-mpi-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR})

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME gradus)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "curl, ca-certificates")  # weights get
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS ffmpeg)  # videos
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libgradus-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS OFF)  # archives: what they need is linked by who links them
set(dev zlib1g-dev)
if(fmt_FOUND)
  list(APPEND dev libfmt-dev)
endif()
if(GRADUS_HAVE_ONEDNN)
  list(APPEND dev libdnnl-dev)
endif()
list(JOIN dev ", " CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS)
set(CPACK_DEBIAN_MPI_PACKAGE_NAME gradus-mpi)
set(CPACK_DEBIAN_MPI_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "gradus (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_MPI_DESCRIPTION "Lets processes that mpirun starts work together.")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "The program, with the network that comes along.")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "Headers and static libraries for programs in C++ (find_package(gradus)).")
include(CPack)
