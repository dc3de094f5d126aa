# One static library per folder of src/, in the order of the design. The edges are those of
# scripts/layers.txt, which a test holds against every #include.
function(hourglass_layer name)
  cmake_parse_arguments(ARG "" "" "LAYERS;VENDOR" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  list(TRANSFORM ARG_LAYERS PREPEND hourglass_)
  if(sources)
    add_library(hourglass_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(hourglass_${name} PRIVATE ${ARG_VENDOR} PUBLIC hourglass_flags)
  else()
    add_library(hourglass_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(hourglass_${name} ${scope}
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(hourglass_${name} ${scope} ${ARG_LAYERS})
endfunction()

add_library(hourglass_vendor_headers INTERFACE)
target_include_directories(hourglass_vendor_headers SYSTEM INTERFACE
  ${TOMLPLUSPLUS_INCLUDE} ${FAST_FLOAT_INCLUDE} ${HNSWLIB_INCLUDE})

hourglass_layer(base VENDOR Threads::Threads fmt::fmt)
hourglass_layer(tensor LAYERS base)
hourglass_layer(kernel LAYERS tensor VENDOR PkgConfig::HWY)
if(HOURGLASS_SANITIZE)
  # The tiles keep hundreds of vectors in flight; checks on each of their scopes and pointers make
  # the compiler take many minutes over this one file. Bounds of the heap are still checked.
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/kernel/simd.cpp
    ${PROJECT_SOURCE_DIR}/src/kernel/bf16.cpp PROPERTIES COMPILE_OPTIONS
    "-fno-sanitize-address-use-after-scope;-fno-sanitize=null,alignment,pointer-overflow,object-size;$<$<CXX_COMPILER_ID:GNU>:-fno-var-tracking>")
endif()
hourglass_layer(linalg LAYERS kernel VENDOR Eigen3::Eigen)
hourglass_layer(network LAYERS kernel VENDOR fmt::fmt)
hourglass_layer(data LAYERS kernel
  VENDOR fmt::fmt ZLIB::ZLIB PkgConfig::LIBZIP PNG::PNG JPEG::JPEG TIFF::TIFF
         PkgConfig::SNDFILE PkgConfig::SAMPLERATE PkgConfig::KISSFFT
         hourglass_vendor_headers)
hourglass_layer(model LAYERS linalg network data
  VENDOR fmt::fmt nlohmann_json::nlohmann_json hourglass_vendor_headers)
hourglass_layer(train LAYERS model VENDOR fmt::fmt nlohmann_json::nlohmann_json)
hourglass_layer(task LAYERS train
  VENDOR fmt::fmt nlohmann_json::nlohmann_json hourglass_vendor_headers)
if(HOURGLASS_SANITIZE)
  # What it prefetches may lie a few bytes behind its lists.
  set_source_files_properties(${PROJECT_SOURCE_DIR}/src/task/code_graph.cpp PROPERTIES
    COMPILE_DEFINITIONS NO_MANUAL_VECTORIZATION)
endif()
hourglass_layer(report LAYERS task VENDOR fmt::fmt)
hourglass_layer(api LAYERS report VENDOR fmt::fmt nlohmann_json::nlohmann_json)

# Models that come with Hourglass lie beside the command, in the build folder as where it is installed.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/api/shipped.cpp PROPERTIES COMPILE_DEFINITIONS
  "HOURGLASS_INSTALLED_MODELS=\"${CMAKE_INSTALL_FULL_DATADIR}/hourglass/models\"")
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/models ${CMAKE_BINARY_DIR}/models SYMBOLIC)

file(GLOB cli_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/cli/*.cpp)
if(cli_sources)
  add_executable(hourglass_command ${cli_sources})
  set_target_properties(hourglass_command PROPERTIES OUTPUT_NAME hourglass)
  target_link_libraries(hourglass_command PRIVATE hourglass_flags hourglass_api CLI11::CLI11
    fmt::fmt nlohmann_json::nlohmann_json)
endif()
