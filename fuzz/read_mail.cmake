akin_fuzz(read_mail SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/read_mail_fuzz.cc NEEDS text documents)
