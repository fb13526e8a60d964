# cmake -DBUILD=... -DSCRATCH=... -DCXX=... -P install_test.cmake
# Installs into a folder of its own, builds programs against what is there, runs them, and looks at what the public
# headers bring along.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${SCRATCH})
set(prefix ${SCRATCH}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
foreach(consumer IN ITEMS server client)
  run(${CMAKE_COMMAND} -G Ninja -S ${CMAKE_CURRENT_LIST_DIR}/${consumer} -B ${SCRATCH}/${consumer}
      -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release)
  run(${CMAKE_COMMAND} --build ${SCRATCH}/${consumer})
  run(${SCRATCH}/${consumer}/consumer)
endforeach()

# The same without CMake.
file(GLOB_RECURSE pc ${prefix}/suzaku-client.pc)
cmake_path(GET pc PARENT_PATH pc_folder)
execute_process(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_folder} pkg-config --cflags --libs suzaku-client
                OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
run(${CXX} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/client/main.cpp ${flags} -o ${SCRATCH}/by_pkg_config)
run(${SCRATCH}/by_pkg_config)

# Each public header stands on its own, and none makes its user compile Asio, OpenSSL or simdjson.
file(GLOB_RECURSE headers RELATIVE ${prefix}/include ${prefix}/include/*.hpp)
if(NOT headers)
  message(FATAL_ERROR "no headers were installed")
endif()
foreach(header IN LISTS headers)
  file(WRITE ${SCRATCH}/header.cpp "#include <${header}>\n")
  execute_process(COMMAND ${CXX} -std=c++20 -fsyntax-only -I${prefix}/include -H ${SCRATCH}/header.cpp
                  ERROR_VARIABLE included RESULT_VARIABLE status)
  if(status)
    message(FATAL_ERROR "<${header}> does not compile alone:\n${included}")
  endif()
  if(included MATCHES "[^\n]*(boost/asio|boost/beast|openssl/|simdjson)[^\n]*")
    message(FATAL_ERROR "<${header}> includes${CMAKE_MATCH_0}")
  endif()
endforeach()
