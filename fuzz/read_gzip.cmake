akin_fuzz(read_gzip SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_gzip_fuzz.cc NEEDS text documents)
