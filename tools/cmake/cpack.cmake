# Read by CPack for each kind of package. Debian's packages name the libraries that they need instead of bringing them.
if(CPACK_GENERATOR STREQUAL DEB)
  list(REMOVE_ITEM CPACK_COMPONENTS_ALL bundle)
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
else()
  set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)
endif()
