akin_fuzz(hnsw_file SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/hnsw_file_fuzz.cc NEEDS index space kernels)
target_include_directories(fuzz_hnsw_file PRIVATE ${PROJECT_SOURCE_DIR}/src/index ${PROJECT_SOURCE_DIR}/tests)
