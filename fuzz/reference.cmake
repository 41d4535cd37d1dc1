akin_fuzz(reference SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/reference_fuzz.cc NEEDS embed image text kernels formats)
