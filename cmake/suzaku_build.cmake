# How every target is built, and suzaku_library(): one call per folder of src/.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)

if(PROJECT_IS_TOP_LEVEL)
  find_program(CCACHE ccache)
  if(CCACHE)  # its manual asks for the rest where headers are precompiled
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
      add_compile_options(-fpch-preprocess)
    endif()
  endif()
  find_program(MOLD mold)
  if(MOLD)
    add_link_options(-fuse-ld=mold)
  endif()
endif()

# For our own targets alone. A project that embeds Suzaku gets include/ from the libraries, and never src/.
include_directories(${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)

add_library(suzaku_warnings INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(suzaku_warnings INTERFACE -Wall -Wextra -Wpedantic -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # False alarms on std::string (GCC bug 105651); all but the first where headers are precompiled.
    target_compile_options(suzaku_warnings INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
      -Wno-stringop-overread)
    if(SUZAKU_SANITIZE)  # what sanitizers put into the code makes it see ghosts in <regex>
      target_compile_options(suzaku_warnings INTERFACE -Wno-maybe-uninitialized)
    endif()
    if(CMAKE_UNITY_BUILD)  # takes the file that is included by the unity file for a header
      target_compile_options(suzaku_warnings INTERFACE -Wno-subobject-linkage)
    endif()
  endif()
endif()
if(SUZAKU_SANITIZE)
  add_compile_options(-fsanitize=${SUZAKU_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SUZAKU_SANITIZE})
  if(SUZAKU_SANITIZE STREQUAL thread)  # GCC's knows no fences; Asio has some that it can do without
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()
if(SUZAKU_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# suzaku_precompile(TARGET)   gives it precompiled.hpp, where Suzaku is the project itself. All libraries share one.
function(suzaku_precompile TARGET)
  if(NOT PROJECT_IS_TOP_LEVEL)
    return()
  endif()
  get_target_property(type ${TARGET} TYPE)
  if(type STREQUAL EXECUTABLE)  # its code is position independent in another way than that of libraries
    target_precompile_headers(${TARGET} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp)
    return()
  endif()
  if(NOT TARGET suzaku_precompiled)
    add_library(suzaku_precompiled OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
    target_link_libraries(suzaku_precompiled PRIVATE Boost::json fmt::fmt suzaku_warnings)
    target_precompile_headers(suzaku_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp)
  endif()
  target_precompile_headers(${TARGET} REUSE_FROM suzaku_precompiled)
endfunction()

# suzaku_library(NAME [INTERNAL] [PURE] DEPS ...)   the library suzaku::NAME from the folder's sources, and its tests.
# Every *.cpp of the folder belongs to it; every *_test.cpp goes into the test program NAME_test (or TEST_NAME). It is
# installed, unless it is INTERNAL: for our own program alone. One that is PURE has no threads, and so nothing for
# ThreadSanitizer to find in its tests.
function(suzaku_library NAME)
  cmake_parse_arguments(ARG "INTERNAL;PURE" "TEST_NAME" "DEPS;PRIVATE_DEPS;TEST_DEPS" ${ARGN})
  if(NOT ARG_TEST_NAME)
    set(ARG_TEST_NAME ${NAME}_test)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  if(tests)
    list(REMOVE_ITEM sources ${tests})
  endif()

  add_library(suzaku_${NAME} STATIC ${sources})
  add_library(suzaku::${NAME} ALIAS suzaku_${NAME})
  set_target_properties(suzaku_${NAME} PROPERTIES EXPORT_NAME ${NAME})
  target_compile_features(suzaku_${NAME} PUBLIC cxx_std_20)
  target_include_directories(suzaku_${NAME} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  target_link_libraries(suzaku_${NAME} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS} $<BUILD_INTERFACE:suzaku_warnings>)
  suzaku_precompile(suzaku_${NAME})
  if(NOT ARG_INTERNAL)
    set_property(GLOBAL APPEND PROPERTY SUZAKU_LIBRARIES suzaku_${NAME})
  endif()

  if(ARG_PURE AND SUZAKU_SANITIZE STREQUAL thread)
    set(tests)
  endif()
  if(SUZAKU_DEVELOPER AND tests)
    suzaku_test(${ARG_TEST_NAME} SOURCES ${tests} DEPS suzaku::${NAME} ${ARG_TEST_DEPS})
  endif()
endfunction()

if(SUZAKU_DEVELOPER)
  add_custom_target(test_programs)  # all that ctest runs, without the rest of the project
endif()

# suzaku_test(NAME SOURCES ... DEPS ...)   a GoogleTest program, each of its tests known to ctest.
function(suzaku_test NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE ${ARG_DEPS} suzaku_warnings GTest::gtest_main)
  set_target_properties(${NAME} PROPERTIES UNITY_BUILD ON)  # eight files at a time: compiles almost three times faster
  add_dependencies(test_programs ${NAME})
  if(SUZAKU_SANITIZE)  # it is not the tests that have to be fast: they compile twice as fast
    target_compile_options(${NAME} PRIVATE -O0)
  elseif(NOT CMAKE_BUILD_TYPE STREQUAL Debug)  # a third faster
    target_compile_options(${NAME} PRIVATE -O1)
  endif()
  gtest_discover_tests(${NAME} DISCOVERY_MODE PRE_TEST NO_PRETTY_VALUES PROPERTIES TIMEOUT 120 LABELS "${ARG_LABELS}")
endfunction()
