# Each component installs what it should, and all that is installed is built by the target suzaku_installed (which is what
# `./dev run` builds). find_package(suzaku COMPONENTS ...) says what is wrong with a component.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

function(fail)
  message(FATAL_ERROR ${ARGN})
endfunction()
function(install_component NAME)  # sets NAME to the files
  file(GLOB_RECURSE before RELATIVE ${prefix} ${prefix}/*)
  install_suzaku(--component ${NAME})
  file(GLOB_RECURSE files RELATIVE ${prefix} ${prefix}/*)
  list(REMOVE_ITEM files ${before})
  set(${NAME} ${files} PARENT_SCOPE)
endfunction()
function(expect_none COMPONENT REGEX)
  list(FILTER ${COMPONENT} INCLUDE REGEX ${REGEX})
  if(${COMPONENT})
    fail("the component ${COMPONENT} installs ${${COMPONENT}}")
  endif()
endfunction()

# refuses(COMPONENT TEXT)   find_package() fails, and says this.
function(refuses COMPONENT TEXT)
  file(WRITE ${SCRATCH}/refused/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)\nproject(refused LANGUAGES CXX)\n"
    "find_package(suzaku REQUIRED COMPONENTS client ${COMPONENT})\n")
  execute_process(COMMAND ${configure} -S ${SCRATCH}/refused -B ${SCRATCH}/refused/build
    RESULT_VARIABLE status ERROR_VARIABLE errors OUTPUT_QUIET)
  string(REGEX REPLACE "[ \n]+" " " errors "${errors}")
  string(FIND "${errors}" "${TEXT}" found)
  if(status EQUAL 0 OR found EQUAL -1)
    fail("the component ${COMPONENT} ended with ${status}, without \"${TEXT}\": ${errors}")
  endif()
endfunction()

install_component(dev)
expect_none(dev "^bin/|testing")
refuses(client_testing "`cmake --install BUILD --component testing` installs it.")
install_component(testing)
expect_none(testing "^bin/|libsuzaku_client\\.a|socket\\.hpp")
refuses(nonsense "There is no component nonsense. The components are: client, server, bridge, signals, client_testing, server_testing.")
install_component(runtime)
if(PROGRAM AND NOT runtime STREQUAL bin/suzaku)
  fail("the component runtime installs ${runtime} instead of bin/suzaku alone")
endif()

file(GLOB_RECURSE by_components RELATIVE ${prefix} ${prefix}/*)
set(prefix ${SCRATCH}/all)
install_suzaku()
file(GLOB_RECURSE all RELATIVE ${prefix} ${prefix}/*)
if(NOT all STREQUAL by_components)
  fail("without a component ${all} are installed, with all components ${by_components}")
endif()

execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} --target suzaku_installed -- -t query suzaku_installed
  OUTPUT_VARIABLE built COMMAND_ERROR_IS_FATAL ANY)
list(FILTER all INCLUDE REGEX "\\.a$|^bin/")
foreach(file IN LISTS all)
  cmake_path(GET file FILENAME name)
  if(NOT built MATCHES "/${name}\n")
    fail("suzaku_installed does not build ${name}")
  endif()
endforeach()
