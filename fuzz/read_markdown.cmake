akin_fuzz(read_markdown SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_markdown_fuzz.cc NEEDS text documents)
