akin_fuzz(charsmap SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/charsmap_fuzz.cc NEEDS text)
target_include_directories(fuzz_charsmap PRIVATE ${PROJECT_SOURCE_DIR}/src/text)
