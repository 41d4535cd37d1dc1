akin_fuzz(vector_rows SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/vector_rows_fuzz.cc NEEDS retrieval)
target_include_directories(fuzz_vector_rows PRIVATE ${PROJECT_SOURCE_DIR}/src/retrieval)
