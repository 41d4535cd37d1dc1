akin_fuzz(fasttext_bin SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/fasttext_bin_fuzz.cc NEEDS formats USES z)
