akin_fuzz(encode_bpe SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/encode_bpe_fuzz.cc NEEDS text)
target_compile_definitions(fuzz_encode_bpe PRIVATE AKIN_GOLDEN="${PROJECT_SOURCE_DIR}/tests/golden")
