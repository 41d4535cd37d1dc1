akin_fuzz(read_charset SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_charset_fuzz.cc NEEDS text documents)
