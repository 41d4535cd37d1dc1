akin_fuzz(read_rtf SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_rtf_fuzz.cc NEEDS text documents)
