akin_fuzz(saved_map SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/saved_map_fuzz.cc NEEDS analysis kernels formats space index)
