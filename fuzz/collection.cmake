akin_fuzz(collection SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/collection_fuzz.cc NEEDS store)
target_include_directories(fuzz_collection PRIVATE ${PROJECT_SOURCE_DIR}/src/store)
