akin_fuzz(word2vec_bin SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/word2vec_bin_fuzz.cc NEEDS formats USES z)
target_include_directories(fuzz_word2vec_bin PRIVATE ${PROJECT_SOURCE_DIR}/src/formats)
