# Defines gradus::onednn where oneDNN is found: by its header and library, since its CMake package changed its name. Installed
# too, for the programs that link gradus::kernels.
find_path(ONEDNN_INCLUDE oneapi/dnnl/dnnl.hpp)
find_library(ONEDNN_LIBRARY dnnl)
if(ONEDNN_INCLUDE AND ONEDNN_LIBRARY AND NOT TARGET gradus::onednn)
  add_library(gradus::onednn INTERFACE IMPORTED)
  target_include_directories(gradus::onednn SYSTEM INTERFACE ${ONEDNN_INCLUDE})
  target_link_libraries(gradus::onednn INTERFACE ${ONEDNN_LIBRARY})
endif()
