# Each public header compiles alone, and none makes its user compile Asio, OpenSSL, simdjson or spdlog.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)
install_suzaku()
run(${configure} -S ${CMAKE_CURRENT_LIST_DIR}/headers -B ${SCRATCH}/build -DCMAKE_CXX_COMPILER=${CXX})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)

file(GLOB_RECURSE headers RELATIVE ${prefix}/include ${prefix}/include/*.hpp)
list(TRANSFORM headers PREPEND "#include <")
list(TRANSFORM headers APPEND ">\n")
string(CONCAT all ${headers})
file(WRITE ${SCRATCH}/all.cpp ${all})
execute_process(COMMAND ${CXX} -std=c++20 -I${prefix}/include -M ${SCRATCH}/all.cpp
                OUTPUT_VARIABLE included COMMAND_ERROR_IS_FATAL ANY)
if(NOT included MATCHES "suzaku/server/endpoint.hpp" OR included MATCHES "[^ ]*(boost/asio|boost/beast|openssl/|simdjson|spdlog/)[^ ]*")
  message(FATAL_ERROR "the public headers include ${CMAKE_MATCH_0}")
endif()
