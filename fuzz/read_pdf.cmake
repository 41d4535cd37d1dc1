akin_fuzz(read_pdf SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_pdf_fuzz.cc NEEDS text documents)
