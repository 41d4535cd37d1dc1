akin_fuzz(embeddings_json SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/embeddings_json_fuzz.cc NEEDS hub text formats embed)
target_include_directories(fuzz_embeddings_json PRIVATE ${PROJECT_SOURCE_DIR}/src/hub)
