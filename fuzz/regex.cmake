akin_fuzz(regex SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/regex_fuzz.cc NEEDS text)
target_include_directories(fuzz_regex PRIVATE ${PROJECT_SOURCE_DIR}/src/text)
