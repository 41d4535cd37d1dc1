akin_fuzz(hub_metadata SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/hub_metadata_fuzz.cc NEEDS hub text image formats embed)
target_include_directories(fuzz_hub_metadata PRIVATE ${PROJECT_SOURCE_DIR}/src/hub)
