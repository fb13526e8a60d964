# `cmake --install` knows three components:
#   runtime  the program
#   dev      the libraries and their headers, for find_package(suzaku) and pkg-config
#   testing  suzaku::client_testing and suzaku::server_testing, for tests of programs that use the client or the server
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY SUZAKU_LIBRARIES)
add_custom_target(suzaku_installed)  # builds all that is installed, and nothing else
add_dependencies(suzaku_installed ${libraries})
set(kits suzaku_client_testing suzaku_server_testing)
list(REMOVE_ITEM libraries ${kits})

if(TARGET suzaku)
  add_dependencies(suzaku_installed suzaku)
  install(TARGETS suzaku RUNTIME COMPONENT runtime)
endif()

# suzaku_install_libraries(COMPONENT EXPORT LIBRARY...)
function(suzaku_install_libraries COMPONENT EXPORT)
  install(TARGETS ${ARGN} EXPORT ${EXPORT} ARCHIVE COMPONENT ${COMPONENT}
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT ${EXPORT} NAMESPACE suzaku:: FILE ${EXPORT}-targets.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/suzaku COMPONENT ${COMPONENT})
endfunction()
suzaku_install_libraries(dev suzaku ${libraries})
suzaku_install_libraries(testing suzaku-testing ${kits})

set(include ${PROJECT_SOURCE_DIR}/include/suzaku)
install(DIRECTORY ${include} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
  REGEX "/(client/testing|server_testing)(\\.hpp)?$" EXCLUDE)
install(DIRECTORY ${include}/client/testing DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/suzaku/client COMPONENT testing)
install(FILES ${include}/client/testing.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/suzaku/client COMPONENT testing)
install(DIRECTORY ${include}/server_testing DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/suzaku COMPONENT testing)
install(FILES ${include}/server_testing.hpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/suzaku COMPONENT testing)

set(config ${PROJECT_BINARY_DIR}/suzaku-config.cmake ${PROJECT_BINARY_DIR}/suzaku-config-version.cmake)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/suzaku-config.cmake.in ${PROJECT_BINARY_DIR}/suzaku-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/suzaku)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/suzaku-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${config} DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/suzaku COMPONENT dev)

# suzaku_pkg_config(NAME DESCRIPTION LIBS ... REQUIRES ...)   for builds without CMake: `pkg-config --libs suzaku-NAME`.
# LIBS are the static libraries that suzaku::NAME consists of, each before those it uses.
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
function(suzaku_pkg_config NAME DESCRIPTION)
  cmake_parse_arguments(ARG "" "" "LIBS;REQUIRES" ${ARGN})
  list(TRANSFORM ARG_LIBS PREPEND -lsuzaku_ OUTPUT_VARIABLE libs)
  list(JOIN libs " " libs)
  list(JOIN ARG_REQUIRES " " requires)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/suzaku.pc.in ${PROJECT_BINARY_DIR}/suzaku-${NAME}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/suzaku-${NAME}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endfunction()
suzaku_pkg_config(client "A client for Phoenix Channels"
  LIBS client client_transport client_core net ws http protocol base REQUIRES openssl zlib)
suzaku_pkg_config(server "A server for Phoenix Channels"
  LIBS server transport pubsub net ws http protocol base REQUIRES openssl zlib)
suzaku_pkg_config(signals "What happens on Phoenix Channels as CloudEvents, for agents" LIBS signals protocol base)
suzaku_pkg_config(bridge "Connections to Phoenix apps that become signals"
  LIBS bridge REQUIRES suzaku-client suzaku-signals)
