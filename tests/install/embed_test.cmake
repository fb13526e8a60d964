# A client program with Suzaku as a part of its build (FetchContent), with this compiler and with clang. It compiles eight
# files at a time, as the other project may choose to, which is also quicker.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
foreach(compiler IN LISTS COMPILERS)
  cmake_path(GET compiler FILENAME name)
  set(build ${SCRATCH}/${name})
  run(${configure} -S ${CMAKE_CURRENT_LIST_DIR}/embedder -B ${build} -DSUZAKU_SOURCE=${SOURCE}
      -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_UNITY_BUILD=ON)
  run(${CMAKE_COMMAND} --build ${build})
  run(${build}/client)

  # Only what the program links is built, and nothing of it is installed.
  run(${CMAKE_COMMAND} --install ${build} --prefix ${prefix})
  file(GLOB_RECURSE surplus ${build}/libsuzaku_server.a ${prefix}/*)
  if(surplus)
    message(FATAL_ERROR "nobody asked for ${surplus}")
  endif()
endforeach()
