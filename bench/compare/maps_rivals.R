# uwot's UMAP for maps.py: Rscript maps_rivals.R ROWS.f32 N DIM METRIC OUT.f32. Prints one JSON line; the seconds are of the map alone.
suppressPackageStartupMessages(library(uwot))
words <- commandArgs(trailingOnly = TRUE)
n <- as.integer(words[2])
dim <- as.integer(words[3])
rows <- matrix(readBin(words[1], "numeric", n * dim, size = 4), nrow = n, ncol = dim, byrow = TRUE)
seconds <- system.time(places <- umap(rows, metric = words[4], n_threads = 2, n_sgd_threads = 2))[["elapsed"]]
writeBin(as.vector(t(places)), words[5], size = 4)
cat(sprintf("{\"seconds\": %.6f, \"versions\": {\"uwot\": \"%s\"}}\n", seconds, packageVersion("uwot")))
