# libphonenumber comes without a CMake package on Debian. Defines phonenumber::phonenumber.
find_path(phonenumber_INCLUDE_DIR phonenumbers/phonenumberutil.h)
find_library(phonenumber_LIBRARY phonenumber)
include(FindPackageHandleStandardArgs)
# Its headers hold protobuf messages, whose types a sanitized build asks for.
find_library(phonenumber_protobuf_LIBRARY protobuf)
find_package_handle_standard_args(phonenumber REQUIRED_VARS phonenumber_LIBRARY phonenumber_INCLUDE_DIR
                                                            phonenumber_protobuf_LIBRARY)
if(phonenumber_FOUND AND NOT TARGET phonenumber::phonenumber)
  add_library(phonenumber::phonenumber UNKNOWN IMPORTED)
  set_target_properties(phonenumber::phonenumber PROPERTIES
                        IMPORTED_LOCATION "${phonenumber_LIBRARY}"
                        INTERFACE_INCLUDE_DIRECTORIES "${phonenumber_INCLUDE_DIR}"
                        INTERFACE_LINK_LIBRARIES "${phonenumber_protobuf_LIBRARY}")
endif()
mark_as_advanced(phonenumber_INCLUDE_DIR phonenumber_LIBRARY phonenumber_protobuf_LIBRARY)
