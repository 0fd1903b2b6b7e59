# callqueue_warnings(target): the warnings that our own code is held to. Designated initialisers leave members to their
# defaults on purpose, which -Wextra would report.
function(callqueue_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                                           -Wnon-virtual-dtor -Woverloaded-virtual
                                           -Wno-missing-field-initializers)
  if(CMAKE_UNITY_BUILD)
    # Sources that are compiled as one see each other's names.
    target_compile_options(${target} PRIVATE -Wno-shadow)
  endif()
  if(CALLQUEUE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# callqueue_c_warnings(target): the same for programs in C, which are written in C11 and nothing beyond it.
function(callqueue_c_warnings target)
  set_target_properties(${target} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion
                                           -Wstrict-prototypes>)
endfunction()
