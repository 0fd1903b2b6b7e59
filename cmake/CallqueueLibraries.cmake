# callqueue_visibility(target): a library of ours. What its public headers mark is all that it shows. Its objects serve
# for a static library as well as for a shared one.
function(callqueue_visibility target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                                             VISIBILITY_INLINES_HIDDEN ON DEFINE_SYMBOL ""
                                             VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
endfunction()

# callqueue_shared_too(target PUBLIC … PRIVATE …): with CALLQUEUE_SHARED, TARGET_shared beside a static library, of the
# same objects; it links what is given.
function(callqueue_shared_too target)
  if(BUILD_SHARED_LIBS OR NOT CALLQUEUE_SHARED)
    return()
  endif()
  add_library(${target}_shared SHARED $<TARGET_OBJECTS:${target}>)
  target_link_libraries(${target}_shared ${ARGN})
  callqueue_visibility(${target}_shared)
  set_target_properties(${target}_shared PROPERTIES OUTPUT_NAME ${target} LINKER_LANGUAGE CXX)
endfunction()
