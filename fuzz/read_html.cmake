akin_fuzz(read_html SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_html_fuzz.cc NEEDS text documents)
