akin_fuzz(read_office SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_office_fuzz.cc NEEDS text documents)
