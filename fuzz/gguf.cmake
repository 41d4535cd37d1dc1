akin_fuzz(gguf SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/gguf_fuzz.cc NEEDS formats)
