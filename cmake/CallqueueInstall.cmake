# What `cmake --install` puts where, and what find_package and pkg-config find there. The libraries come in the kinds that
# were built: static ones, shared ones, or both. A part of the package each (component): Runtime, Development, Tools.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(CALLQUEUE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/callqueue)
set(CALLQUEUE_DOC_DIR ${CMAKE_INSTALL_DATADIR}/doc/callqueue)

# callqueue_install(target NAME name): a library of ours, known to others as callqueue::NAME. Its kind says which list of targets
# it is in: headers alone, static, shared; the C API, which needs none of the others, has its own.
function(callqueue_install target name)
  get_target_property(kind ${target} TYPE)
  string(REGEX REPLACE "_LIBRARY$" "" kind ${kind})
  string(TOLOWER ${kind} kind)
  if(name STREQUAL c AND kind STREQUAL shared)
    set(kind c)
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  if(NOT kind STREQUAL interface)
    set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN")  # They lie beside each other.
  endif()
  install(TARGETS ${target} EXPORT callqueue-${kind}
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT Runtime NAMELINK_COMPONENT Development
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT Development
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  set_property(GLOBAL APPEND PROPERTY CALLQUEUE_KINDS ${kind})
endfunction()

callqueue_install(callqueue_core core)
foreach(name callqueue access c)
  set(target callqueue_${name})
  if(name STREQUAL callqueue)
    set(target callqueue)
  endif()
  if(TARGET ${target})
    callqueue_install(${target} ${name})
  endif()
  if(TARGET ${target}_shared)
    callqueue_install(${target}_shared ${name})
  endif()
endforeach()

get_property(kinds GLOBAL PROPERTY CALLQUEUE_KINDS)
list(REMOVE_DUPLICATES kinds)
foreach(kind ${kinds})
  install(EXPORT callqueue-${kind} NAMESPACE callqueue:: DESTINATION ${CALLQUEUE_CMAKE_DIR} COMPONENT Development)
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/callqueueConfig.cmake.in ${PROJECT_BINARY_DIR}/callqueueConfig.cmake
                              INSTALL_DESTINATION ${CALLQUEUE_CMAKE_DIR} NO_SET_AND_CHECK_MACRO)
# What a 0.x release changes may break programs.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/callqueueConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/callqueueConfig.cmake ${PROJECT_BINARY_DIR}/callqueueConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/Findcctz.cmake ${CMAKE_CURRENT_LIST_DIR}/Findphonenumber.cmake
        DESTINATION ${CALLQUEUE_CMAKE_DIR} COMPONENT Development)

# pkg-config: paths are relative to the file, so that the tree may be moved. What a static library needs is named by its libraries,
# for Debian's libpq.pc asks for static ones that it does not have.
set(CALLQUEUE_PC_PRIVATE -lphonenumber -lprotobuf -lsimdjson)
if(CALLQUEUE_SQLITE)
  list(APPEND CALLQUEUE_PC_PRIVATE -lsqlite3)
endif()
if(CALLQUEUE_POSTGRES)
  list(APPEND CALLQUEUE_PC_PRIVATE -lpq)
endif()
list(JOIN CALLQUEUE_PC_PRIVATE " " CALLQUEUE_PC_PRIVATE)
# Where there are static libraries alone nobody has to say so: their own are asked for in any case.
set(CALLQUEUE_PC_LIBS "")
set(CALLQUEUE_PC_ACCESS_REQUIRES "")
if(NOT BUILD_SHARED_LIBS AND NOT CALLQUEUE_SHARED)
  set(CALLQUEUE_PC_LIBS " ${CALLQUEUE_PC_PRIVATE} -pthread")
  set(CALLQUEUE_PC_ACCESS_REQUIRES ", libcrypto")
endif()
set(CALLQUEUE_PC_C_REQUIRES "")
set(CALLQUEUE_PC_C_LIBS "")
if(NOT CALLQUEUE_C_SHARED)
  set(CALLQUEUE_PC_C_REQUIRES "callqueue = ${PROJECT_VERSION}")
  set(CALLQUEUE_PC_C_LIBS " -lsimdjson -lstdc++")
endif()
file(RELATIVE_PATH CALLQUEUE_PC_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
set(modules callqueue)
if(TARGET callqueue_access)
  list(APPEND modules callqueue-access)
endif()
if(TARGET callqueue_c)
  list(APPEND modules callqueue-c)
endif()
foreach(module ${modules})
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${module}.pc.in ${PROJECT_BINARY_DIR}/${module}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${module}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT Development)
endforeach()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT Development
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CALLQUEUE_DOC_DIR} COMPONENT Runtime)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/examples/templates DESTINATION ${CALLQUEUE_DOC_DIR}
        COMPONENT Development)
if(TARGET callqueue_cli)
  file(RELATIVE_PATH to_lib ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(callqueue_cli PROPERTIES INSTALL_RPATH "$ORIGIN/${to_lib}")
  install(TARGETS callqueue_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT Tools)
endif()

# `cpack` makes an archive of all that.
set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_NAME libcallqueue)
set(CPACK_PACKAGE_VENDOR "The libcallqueue maintainers")
set(CPACK_PACKAGE_FILE_NAME libcallqueue-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_VERBATIM_VARIABLES ON)
include(CPack)
