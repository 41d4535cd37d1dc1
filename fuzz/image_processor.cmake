akin_fuzz(image_processor SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/image_processor_fuzz.cc NEEDS image)
