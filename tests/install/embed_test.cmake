# cmake -DSOURCE=... -DSCRATCH=... -DCXX=... -DCCACHE=... -P embed_test.cmake
# Builds a client program with Suzaku as part of its build (FetchContent), and runs it.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR}/client -B ${SCRATCH} -DSUZAKU_SOURCE=${SOURCE}
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_COMPILER_LAUNCHER=${CCACHE} -DCMAKE_BUILD_TYPE=Release)
run(${CMAKE_COMMAND} --build ${SCRATCH} --target consumer)
run(${SCRATCH}/consumer)
