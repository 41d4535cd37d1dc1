akin_fuzz(npy SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/npy_fuzz.cc NEEDS formats)
