# What leaves the build: the shared library with its headers, the command with manual and
# completions, and a Debian package of all of it.
include(CMakePackageConfigHelpers)

# The library for find_package(hourglass): every layer's object files but the command's, and only
# what include/hourglass/ declares is visible. While the major version is 0 the interface may change
# with every minor one, so the SONAME carries both.
set(layer_objects "")
foreach(layer base tensor kernel linalg network data model train task export report api)
  if(TARGET hourglass_${layer})
    get_target_property(type hourglass_${layer} TYPE)
    if(type STREQUAL STATIC_LIBRARY)
      list(APPEND layer_objects $<TARGET_OBJECTS:hourglass_${layer}>)
    endif()
  endif()
endforeach()

add_library(hourglass_library SHARED ${layer_objects})
add_library(hourglass::hourglass ALIAS hourglass_library)
set_target_properties(hourglass_library PROPERTIES OUTPUT_NAME hourglass EXPORT_NAME hourglass
  LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
# The archives bring what they link with; their own members are all defined above already.
target_link_libraries(hourglass_library PRIVATE hourglass_api)
target_compile_features(hourglass_library INTERFACE cxx_std_20)
target_include_directories(hourglass_library INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/hourglass)
install(TARGETS hourglass_library EXPORT hourglass)
install(EXPORT hourglass NAMESPACE hourglass:: FILE hourglassConfig.cmake
  DESTINATION ${config_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/hourglassConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/hourglassConfigVersion.cmake DESTINATION ${config_folder})
install(DIRECTORY include/hourglass DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY models DESTINATION ${CMAKE_INSTALL_DATADIR}/hourglass)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# Manual and completions come out of the command's own table of verbs.
if(TARGET hourglass_command)
  set(generated ${CMAKE_BINARY_DIR}/generated)
  add_custom_command(TARGET hourglass_command POST_BUILD
    COMMAND hourglass_command --generate ${generated}
    COMMENT "Writing manual pages and completions")
  install(TARGETS hourglass_command)
  install(DIRECTORY ${generated}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
  install(FILES ${generated}/bash/hourglass
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${generated}/zsh/_hourglass DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${generated}/fish/hourglass.fish
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

# `cpack` in the build folder writes hourglass_VERSION_ARCHITECTURE.deb.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hourglass)
set(CPACK_PACKAGE_CONTACT "The Hourglass developers <hourglass@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "learn the shape of unlabelled data with autoencoders")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Hourglass learns tables, arrays and images without labels, finds what does
not fit and says why. This package holds the command hourglass, the C++ library
and its headers.")
include(CPack)
