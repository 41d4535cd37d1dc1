akin_fuzz(read_zip SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_zip_fuzz.cc NEEDS text documents)
