akin_fuzz(head SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/head_fuzz.cc NEEDS analysis kernels formats space index)
