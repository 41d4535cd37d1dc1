"""One rival learns word vectors: words_rivals.py PEER MODEL CORPUS EPOCHS THREADS OUT. Run by words.py in the rivals' environment.

PEER: gensim | fasttext | word2vec.c | glove.c. MODEL: skipgram | cbow | fasttext (skip-gram with n-grams of 3 to 6) | glove (window 15). dim 100, window 5, 5 negatives, least
count 5, sample 1e-4, rate 0.025 (CBOW 0.05), as words.py gives akin. OUT is written in word2vec's text or binary form.
"""
import os
import shutil
import subprocess
import sys
import tempfile

peer, model, corpus, epochs, threads, out = sys.argv[1:7]
rate = "0.05" if model == "cbow" else "0.025"

if peer == "gensim":
    from gensim.models import FastText, Word2Vec

    kind = FastText if model == "fasttext" else Word2Vec
    trained = kind(corpus_file=corpus, sg=int(model != "cbow"), vector_size=100, window=5, negative=5, min_count=5, sample=1e-4, alpha=float(rate),
                   epochs=int(epochs), workers=int(threads), seed=1)
    trained.wv.save_word2vec_format(out, binary=True)
elif peer == "fasttext":
    grams = ["-minn", "3", "-maxn", "6"] if model == "fasttext" else ["-minn", "0", "-maxn", "0", "-bucket", "1"]
    base = out + ".fasttext"
    subprocess.run(["fasttext", "cbow" if model == "cbow" else "skipgram", "-input", corpus, "-output", base, "-dim", "100", "-ws", "5", "-neg", "5",
                    "-minCount", "5", "-t", "1e-4", "-lr", rate, "-epoch", epochs, "-thread", threads, "-verbose", "0", *grams],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    shutil.move(base + ".vec", out)
    os.remove(base + ".bin")
elif peer == "glove.c":
    folder = os.environ["AKIN_GLOVE"]
    with tempfile.TemporaryDirectory(dir=os.path.dirname(out)) as work:
        def piece(name, source, target, *options):
            with open(source, "rb") as read, open(os.path.join(work, target), "wb") as write:
                subprocess.run([os.path.join(folder, name), *options, "-verbose", "0"], stdin=read, stdout=write, stderr=subprocess.DEVNULL, check=True, cwd=work)

        piece("vocab_count", corpus, "vocab.txt", "-min-count", "5")
        piece("cooccur", corpus, "pairs.bin", "-memory", "4", "-vocab-file", "vocab.txt", "-window-size", "15")
        piece("shuffle", os.path.join(work, "pairs.bin"), "shuffled.bin", "-memory", "4", "-seed", "1")
        subprocess.run([os.path.join(folder, "glove"), "-save-file", "vectors", "-threads", threads, "-input-file", "shuffled.bin", "-vocab-file", "vocab.txt",
                        "-x-max", "100", "-iter", epochs, "-vector-size", "100", "-binary", "0", "-verbose", "0", "-seed", "1"],
                       cwd=work, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.move(os.path.join(work, "vectors.txt"), out)
else:
    program = os.path.join(os.path.dirname(sys.executable), "word2vec")
    subprocess.run([program, "-train", corpus, "-output", out, "-binary", "1", "-size", "100", "-window", "5", "-negative", "5", "-hs", "0", "-min-count", "5",
                    "-sample", "1e-4", "-alpha", rate, "-iter", epochs, "-threads", threads, "-cbow", str(int(model == "cbow"))],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
