akin_fuzz(filter_expression SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/filter_expression_fuzz.cc NEEDS store space index)
target_include_directories(fuzz_filter_expression PRIVATE ${PROJECT_SOURCE_DIR}/src/store)
