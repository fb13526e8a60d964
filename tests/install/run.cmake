# What the tests of this folder share. They are called as CMakeLists.txt says, and start with an empty ${SCRATCH}.
file(REMOVE_RECURSE ${SCRATCH})
if(NOT CCACHE)
  set(CCACHE "")
endif()
set(prefix ${SCRATCH}/prefix)  # where nobody looks by default

# run(COMMAND...)   ends the test when the command fails.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# install_suzaku(OPTIONS...)   installs what this build has built.
function(install_suzaku)
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix} ${ARGN}
    OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# ${configure} -S SOURCE -B BUILD OPTIONS...   configures a project that looks for Suzaku in ${prefix}.
set(configure ${CMAKE_COMMAND} -G Ninja -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_CXX_COMPILER_LAUNCHER=${CCACHE})
