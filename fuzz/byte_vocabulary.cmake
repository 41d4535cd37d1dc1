akin_fuzz(byte_vocabulary SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/byte_vocabulary_fuzz.cc NEEDS text)
