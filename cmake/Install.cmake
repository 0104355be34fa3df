# Libraries for programs that embed the simulator, and what `cmake --install` puts where:
#
#   bin/iopath                     the command
#   lib/iopath/iopath-mpi.so       sweeps on several processes (cli/CMakeLists.txt)
#   lib/iopath/iopath-fleet.so     fleets, by SimGrid (models/CMakeLists.txt)
#   lib/libiopath.{a,so}           all layers but the command line; the version is the interface's
#   include/iopath/{sim,models,scenarios,analysis}/…
#   lib/pkgconfig/iopath.pc        and lib/cmake/iopath/, targets iopath::iopath and iopath::static
#   share/iopath/                  catalog and scenarios, laid out as in the source tree
#   share/{man,doc,bash-completion,zsh,fish}
include(CMakePackageConfigHelpers)

set(layers sim models scenarios analysis)

# ---- libraries

foreach(kind STATIC SHARED)
  string(TOLOWER iopath_${kind} library)
  add_library(${library} ${kind})
  foreach(layer IN LISTS layers)
    target_sources(${library} PRIVATE $<TARGET_OBJECTS:iopath_${layer}>)
  endforeach()
  # Headers name types of GSL and jansson; libyaml, libpcap and SQLite are only used inside.
  target_link_libraries(${library} PUBLIC PkgConfig::GSL PkgConfig::JANSSON PRIVATE PkgConfig::YAML PkgConfig::PCAP PkgConfig::SQLITE
                                           Threads::Threads m)
  target_link_options(${library} PRIVATE $<TARGET_PROPERTY:iopath_options,INTERFACE_LINK_OPTIONS>)
  target_include_directories(${library} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/iopath>)
  set_target_properties(${library} PROPERTIES OUTPUT_NAME iopath LINKER_LANGUAGE C)
endforeach()
set_target_properties(iopath_static PROPERTIES EXPORT_NAME static)
set_target_properties(iopath_shared PROPERTIES EXPORT_NAME iopath VERSION ${PROJECT_VERSION}
                                               SOVERSION ${PROJECT_VERSION_MAJOR})
# A program's own function of the same name must not take the place of one inside the library.
target_link_options(iopath_shared PRIVATE -Wl,-Bsymbolic-functions -Wl,-z,defs)
if(IOPATH_SANITIZE) # its symbols come from the program
  target_link_options(iopath_shared PRIVATE -Wl,-z,nodefs)
endif()

install(TARGETS iopath_static iopath_shared EXPORT iopath-targets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
        LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")

# ---- headers

foreach(layer IN LISTS layers)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/${layer}/*.h")
  foreach(header IN LISTS headers)
    cmake_path(GET header PARENT_PATH folder)
    install(FILES "${PROJECT_SOURCE_DIR}/${header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/iopath/${folder}")
  endforeach()
endforeach()

# ---- how other builds find it

# Relative to the file itself, so that an installed tree can be moved.
file(RELATIVE_PATH path_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
configure_file(cmake/iopath.pc.in iopath.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/iopath.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/iopath")
configure_package_config_file(cmake/iopath-config.cmake.in iopath-config.cmake INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(iopath-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/iopath-config.cmake" "${PROJECT_BINARY_DIR}/iopath-config-version.cmake"
        DESTINATION "${package_dir}")
install(EXPORT iopath-targets NAMESPACE iopath:: DESTINATION "${package_dir}")

# ---- data, manual, completions

set(data_dir "${CMAKE_INSTALL_DATADIR}/iopath")
install(DIRECTORY models/catalog DESTINATION "${data_dir}/models")
install(DIRECTORY scenarios/ DESTINATION "${data_dir}/scenarios"
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.csv" PATTERN "*.pcap")

install(FILES docs/iopath.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES LICENSE README.md CHANGELOG.md CONTRIBUTING.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/docs"
        FILES_MATCHING PATTERN "*.md" PATTERN "*.svg")

install(FILES completions/iopath.bash DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME iopath)
install(FILES completions/_iopath DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES completions/iopath.fish DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")

# ---- tests of the installed tree and of the manual's commands

if(BUILD_TESTING)
  # Coverage and sanitizers want their run-time library in every program that links; the installed tree is
  # tested without them.
  if(NOT IOPATH_SANITIZE AND NOT IOPATH_COVERAGE)
    add_test(NAME install COMMAND bash "${PROJECT_SOURCE_DIR}/tests/install/install.sh"
             "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}" "${CMAKE_C_COMPILER}")
    set_tests_properties(install PROPERTIES TIMEOUT 300)
  endif()
  add_executable(print_reference tests/docs/reference.c)
  target_link_libraries(print_reference PRIVATE iopath_options iopath_static)
  set_target_properties(print_reference PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_test(NAME docs COMMAND bash "${PROJECT_SOURCE_DIR}/tests/docs/docs.sh"
           "${PROJECT_SOURCE_DIR}" "$<TARGET_FILE:iopath>")
  set_tests_properties(docs PROPERTIES TIMEOUT 600)
endif()
