akin_fuzz(encode SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/encode_fuzz.cc NEEDS text)
target_compile_definitions(fuzz_encode PRIVATE AKIN_GOLDEN="${PROJECT_SOURCE_DIR}/tests/golden")
