akin_fuzz(read_notebook SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_notebook_fuzz.cc NEEDS text documents)
