akin_fuzz(read_csv SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_csv_fuzz.cc NEEDS text documents)
