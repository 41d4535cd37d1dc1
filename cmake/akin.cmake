# akin_layer(), akin_test(), akin_bench(), akin_fuzz(): the only way targets are made. No other logic lives here.
#
# A layer is a static library akin_<name> with one include root of its own. It sees the include roots of the layers in NEEDS and of
# no others (links are PRIVATE, so include roots do not travel on): a forbidden include does not compile.

# Lowest first. The table with the reasons is in ARCHITECTURE.md.
set(AKIN_LAYERS base kernels text formats documents image space nn model index embed store analysis plot hub train retrieval eval akin)

find_package(Threads REQUIRED)

add_library(akin_flags INTERFACE)
target_compile_options(akin_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports false positives of these through std::string and std::vector at -O2 and above.
  target_compile_options(akin_flags INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized)
endif()
target_compile_definitions(akin_flags INTERFACE AKIN_VERSION="${PROJECT_VERSION}")
if(AKIN_SANITIZE)
  string(REPLACE "," ";" kinds "${AKIN_SANITIZE}")
  foreach(kind IN LISTS kinds)
    add_compile_options(-fsanitize=${kind})
    add_link_options(-fsanitize=${kind})
  endforeach()
  add_compile_options(-fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_compile_definitions(AKIN_CHECKED=1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC's sanitizer instrumentation raises false positives of -Wmaybe-uninitialized and its kin.
    add_compile_options(-Wno-error)
  endif()
endif()
if(AKIN_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# akin_layer(NAME SOURCES file… NEEDS layer… [USES target…])
#   SOURCES may be empty: then the layer has headers only. USES: third-party targets, for the .cc files alone.
function(akin_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;NEEDS;USES" ${ARGN})
  set(root ${CMAKE_CURRENT_SOURCE_DIR}/include)
  add_library(akin_${name} STATIC ${arg_SOURCES})
  add_library(akin::${name} ALIAS akin_${name})
  target_include_directories(akin_${name} PUBLIC $<BUILD_INTERFACE:${root}> $<INSTALL_INTERFACE:include>
                                          PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(akin_${name} PRIVATE $<BUILD_INTERFACE:akin_flags>)
  foreach(use IN LISTS arg_USES)
    if(use MATCHES "^(nlohmann_json|Eigen3)::")
      set(use $<BUILD_INTERFACE:${use}>)  # headers alone, in .cc files alone: an installed akin does not ask for it
    else()
      set_property(GLOBAL APPEND PROPERTY AKIN_BUILT_USES ${use})
    endif()
    target_link_libraries(akin_${name} PRIVATE ${use})
  endforeach()
  foreach(need IN LISTS arg_NEEDS)
    target_link_libraries(akin_${name} PRIVATE akin_${need})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY AKIN_BUILT_LAYERS ${name})

  # Every public header compiles alone.
  if(AKIN_TESTS)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${root} ${root}/*.h)
    set(probes "")
    foreach(header IN LISTS headers)
      string(MAKE_C_IDENTIFIER ${header} id)
      set(probe ${CMAKE_CURRENT_BINARY_DIR}/alone/${id}.cc)
      file(CONFIGURE OUTPUT ${probe} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
      list(APPEND probes ${probe})
    endforeach()
    if(probes)
      add_library(akin_${name}_headers OBJECT ${probes})
      target_include_directories(akin_${name}_headers PRIVATE ${root})
      target_link_libraries(akin_${name}_headers PRIVATE akin_flags)
      foreach(need IN LISTS arg_NEEDS)
        target_link_libraries(akin_${name}_headers PRIVATE akin_${need})
      endforeach()
    endif()
  endif()
endfunction()

# akin_test(LAYER SOURCES file… [NEEDS layer…] [USES target…]): one test program a layer, found test by test by CTest.
# The layer's private headers are visible, as are the public ones of LAYER and NEEDS. Tests run in the root of the tree, from which
# AKIN_GOLDEN and AKIN_ROOT lead: a compiled test is the same in every checkout.
function(akin_test layer)
  cmake_parse_arguments(arg "" "" "SOURCES;NEEDS;USES" ${ARGN})
  add_executable(${layer}_test ${arg_SOURCES})
  target_include_directories(${layer}_test PRIVATE ${PROJECT_SOURCE_DIR}/src/${layer} ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${layer}_test PRIVATE AKIN_GOLDEN="tests/golden" AKIN_ROOT=".")
  target_link_libraries(${layer}_test PRIVATE akin_flags akin_base GTest::gtest GTest::gtest_main ${arg_USES})
  if(TARGET akin_${layer})
    target_link_libraries(${layer}_test PRIVATE akin_${layer})
  endif()
  foreach(need IN LISTS arg_NEEDS)
    target_link_libraries(${layer}_test PRIVATE akin_${need})
  endforeach()
  gtest_discover_tests(${layer}_test TEST_PREFIX ${layer}. DISCOVERY_TIMEOUT 120
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} PROPERTIES TIMEOUT 600)
endfunction()

# akin_bench(LAYER SOURCES file… [NEEDS layer…]): Google Benchmark programs, built by the bench preset.
function(akin_bench layer)
  cmake_parse_arguments(arg "" "" "SOURCES;NEEDS;USES" ${ARGN})
  add_executable(${layer}_bench ${arg_SOURCES})
  target_include_directories(${layer}_bench PRIVATE ${PROJECT_SOURCE_DIR}/src/${layer})
  target_link_libraries(${layer}_bench PRIVATE akin_flags akin_base akin_${layer} benchmark::benchmark benchmark::benchmark_main ${arg_USES})
  foreach(need IN LISTS arg_NEEDS)
    target_link_libraries(${layer}_bench PRIVATE akin_${need})
  endforeach()
endfunction()

# akin_fuzz(NAME SOURCE file NEEDS layer…): one libFuzzer entry an untrusted reader, built by the fuzz preset.
function(akin_fuzz name)
  cmake_parse_arguments(arg "" "SOURCE" "NEEDS;USES" ${ARGN})
  add_executable(fuzz_${name} ${arg_SOURCE})
  target_link_libraries(fuzz_${name} PRIVATE akin_flags akin_base ${arg_USES})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  foreach(need IN LISTS arg_NEEDS)
    target_link_libraries(fuzz_${name} PRIVATE akin_${need})
  endforeach()
endfunction()
