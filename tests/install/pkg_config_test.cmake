# The same programs without CMake. The flags define nothing: what a library of ours is compiled with is no business of
# its users.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
install_suzaku(--component dev)
file(GLOB_RECURSE pc ${prefix}/suzaku-client.pc)
cmake_path(GET pc PARENT_PATH folder)
function(pkg_config OPTION PROGRAM RESULT)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${folder} ${PKG_CONFIG} ${OPTION} suzaku-${PROGRAM}
    OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  if(flags MATCHES "(^| )-D[^ ]*")
    message(FATAL_ERROR "suzaku-${PROGRAM}.pc defines ${CMAKE_MATCH_0}")
  endif()
  separate_arguments(flags UNIX_COMMAND "${flags}")
  set(${RESULT} ${flags} PARENT_SCOPE)
endfunction()

foreach(program IN ITEMS client server bridge)
  pkg_config(--cflags ${program} cflags)
  pkg_config(--libs ${program} libs)
  foreach(compiler IN LISTS COMPILERS)
    set(object ${SCRATCH}/${program}.o)
    run(${CCACHE} ${compiler} -std=c++20 ${cflags} -c ${CMAKE_CURRENT_LIST_DIR}/consumer/${program}.cpp -o ${object})
    run(${compiler} ${object} ${libs} -o ${SCRATCH}/${program})
    run(${SCRATCH}/${program})
  endforeach()
endforeach()
