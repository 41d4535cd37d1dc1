akin_fuzz(config_json SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/config_json_fuzz.cc NEEDS model formats nn kernels)
