akin_fuzz(read_text SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_text_fuzz.cc NEEDS text documents)
