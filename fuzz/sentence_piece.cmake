akin_fuzz(sentence_piece SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/sentence_piece_fuzz.cc NEEDS text)
