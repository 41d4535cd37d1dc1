akin_fuzz(word_text SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/word_text_fuzz.cc NEEDS train)
