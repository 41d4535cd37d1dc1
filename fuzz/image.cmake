akin_fuzz(image SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/image_fuzz.cc NEEDS image)
