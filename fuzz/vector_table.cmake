akin_fuzz(vector_table SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/vector_table_fuzz.cc NEEDS akin)
target_sources(fuzz_vector_table PRIVATE ${PROJECT_SOURCE_DIR}/apps/cli/vector_table.cc ${PROJECT_SOURCE_DIR}/apps/cli/text_source.cc)
target_include_directories(fuzz_vector_table PRIVATE ${PROJECT_SOURCE_DIR}/apps/cli)
