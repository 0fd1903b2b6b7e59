# Under sanitizers what optimising takes is most of a build, and programs around the library do little themselves.
option(CALLQUEUE_QUICK_PROGRAMS "Compile tests, tools and examples without optimisation" OFF)
option(CALLQUEUE_UNITY_PROGRAMS "Compile tests and the tool several sources at a time: quicker when all of them are new" OFF)

# callqueue_quick(target): this is such a program.
function(callqueue_quick target)
  if(CALLQUEUE_QUICK_PROGRAMS)
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()
