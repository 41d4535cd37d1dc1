akin_fuzz(vocab_txt SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/vocab_txt_fuzz.cc NEEDS text)
