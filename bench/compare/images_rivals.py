"""The rivals of images.py, in an environment that has torch and transformers (and onnxruntime):

  images_rivals.py make FOLDER N                             a random model of CLIP ViT-B/32's shape, N JPEG pictures and their list
  images_rivals.py time NAME FOLDER PRECISION THREADS SECONDS   one JSON line: images a second, all pictures a call

NAME: torch, onnxruntime (f32). Pixels are prepared before the clock starts; the result is the projected vector of each image.
"""
import json
import os
import pathlib
import sys
import time

sys.path.pop(0)  # this folder: a script in it has the name of the library tokenizers


def make(folder, n):
    import numpy
    import torch
    from PIL import Image
    from transformers import CLIPConfig, CLIPModel
    torch.manual_seed(11)
    folder = pathlib.Path(folder)
    CLIPModel(CLIPConfig()).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": "CLIPImageProcessor"}))
    random = numpy.random.default_rng(5)
    y, x = numpy.mgrid[0:480, 0:640]
    names = []
    for i in range(n):
        waves = [127 + 90 * numpy.sin(x / random.uniform(9, 60) + y / random.uniform(9, 60)) for _ in range(3)]
        pixels = numpy.clip(numpy.stack(waves, -1) + random.normal(0, 12, (480, 640, 3)), 0, 255).astype(numpy.uint8)
        names.append(str(folder / f"{i}.jpg"))
        Image.fromarray(pixels).save(names[-1], quality=85)
    (folder / "pictures.txt").write_text("\n".join(names) + "\n")


def pixels_of(folder):
    import numpy
    n = len((pathlib.Path(folder) / "pictures.txt").read_text().split())
    return numpy.random.default_rng(2).standard_normal((n, 3, 224, 224), dtype=numpy.float32)


def tower(folder, dtype):
    import torch
    from transformers import CLIPVisionModelWithProjection

    class Embeds(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = CLIPVisionModelWithProjection.from_pretrained(folder, dtype=dtype).eval()

        def forward(self, pixel_values):
            return self.model(pixel_values=pixel_values).image_embeds
    return Embeds()


def torch_call(folder, pixels, precision, threads):
    import torch
    torch.set_num_threads(threads)
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    model, x = tower(folder, dtype), torch.from_numpy(pixels).to(dtype)

    def call():
        with torch.inference_mode():
            return model(x)
    return call, torch.__version__


def onnx_call(folder, pixels, precision, threads):
    import onnxruntime
    path = os.path.join(folder, "embeds.onnx")
    if not os.path.exists(path):
        import torch
        torch.onnx.export(tower(folder, torch.float32), (torch.from_numpy(pixels),), path, input_names=["pixels"], output_names=["embeds"],
                          dynamo=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"pixels": pixels}), onnxruntime.__version__


def measure(name, folder, precision, threads, seconds):
    os.environ["OMP_NUM_THREADS"] = str(threads)
    pixels = pixels_of(folder)
    call, version = {"torch": torch_call, "onnxruntime": onnx_call}[name](folder, pixels, precision, threads)
    call()
    start, done = time.perf_counter(), 0
    while done == 0 or time.perf_counter() - start < seconds:
        call()
        done += len(pixels)
    print(json.dumps({"peer": name, "version": version, "images_per_s": done / (time.perf_counter() - start)}))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        measure(*sys.argv[2:5], int(sys.argv[5]), float(sys.argv[6]))
