akin_fuzz(segment SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/segment_fuzz.cc NEEDS store)
target_include_directories(fuzz_segment PRIVATE ${PROJECT_SOURCE_DIR}/src/store)
