# `cmake --install` gives the headers, the libraries and what find_package(suzaku) needs.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY SUZAKU_LIBRARIES)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/suzaku DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS ${libraries} EXPORT suzaku ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT suzaku NAMESPACE suzaku:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/suzaku FILE suzaku-targets.cmake)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/suzaku-config.cmake.in ${PROJECT_BINARY_DIR}/suzaku-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/suzaku)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/suzaku-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/suzaku-config.cmake ${PROJECT_BINARY_DIR}/suzaku-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/suzaku)

# For those who build without CMake: `pkg-config --libs suzaku-client`.
file(RELATIVE_PATH SUZAKU_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/suzaku-client.pc.in ${PROJECT_BINARY_DIR}/suzaku-client.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/suzaku-client.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
