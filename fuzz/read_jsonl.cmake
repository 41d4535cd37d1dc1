akin_fuzz(read_jsonl SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_jsonl_fuzz.cc NEEDS text documents)
