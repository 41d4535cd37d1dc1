akin_fuzz(vector_rows SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/vector_rows_fuzz.cc NEEDS retrieval)
