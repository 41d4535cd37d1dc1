akin_fuzz(word_checkpoint SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/word_checkpoint_fuzz.cc NEEDS train)
target_include_directories(fuzz_word_checkpoint PRIVATE ${PROJECT_SOURCE_DIR}/src/train)
