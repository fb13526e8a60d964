# A client program with Suzaku as a part of its build (FetchContent).
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
run(${configure} -S ${CMAKE_CURRENT_LIST_DIR}/embedder -B ${SCRATCH}/build -DSUZAKU_SOURCE=${SOURCE}
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=${BUILD_TYPE} "-DWARNINGS=${WARNINGS}")
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/client)

# Only what the program links is built, and nothing of it is installed.
run(${CMAKE_COMMAND} --install ${SCRATCH}/build --prefix ${prefix})
file(GLOB_RECURSE surplus ${SCRATCH}/build/libsuzaku_server.a ${prefix}/*)
if(surplus)
  message(FATAL_ERROR "nobody asked for ${surplus}")
endif()
