akin_fuzz(plot_data SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/plot_data_fuzz.cc NEEDS akin)
target_sources(fuzz_plot_data PRIVATE ${PROJECT_SOURCE_DIR}/apps/cli/plot_data.cc)
target_include_directories(fuzz_plot_data PRIVATE ${PROJECT_SOURCE_DIR}/apps/cli)
