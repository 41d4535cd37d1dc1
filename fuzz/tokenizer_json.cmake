akin_fuzz(tokenizer_json SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/tokenizer_json_fuzz.cc NEEDS text)
