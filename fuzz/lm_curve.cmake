akin_fuzz(lm_curve SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/lm_curve_fuzz.cc NEEDS train)
target_include_directories(fuzz_lm_curve PRIVATE ${PROJECT_SOURCE_DIR}/src/train)
