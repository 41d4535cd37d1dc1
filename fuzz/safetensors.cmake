akin_fuzz(safetensors SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/safetensors_fuzz.cc NEEDS formats)
