akin_fuzz(log_check SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/log_check_fuzz.cc NEEDS store)
target_include_directories(fuzz_log_check PRIVATE ${PROJECT_SOURCE_DIR}/src/store)
