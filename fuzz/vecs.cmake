akin_fuzz(vecs SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/vecs_fuzz.cc NEEDS formats)
