akin_fuzz(word_vectors_text SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/word_vectors_text_fuzz.cc NEEDS formats USES z)
