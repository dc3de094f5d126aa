#!/usr/bin/python3
"""Denoising autoencoders on MNIST, 784-128-32 and back, beside a plain one of the same size: how far
the reconstructions of damaged test digits are from the clean ones, and whether they point there:
the cosine between (reconstruction - input) and (clean - input). Where the data is dense that step
estimates the gradient of the log-density (Alain & Bengio 2014); on images of uniform noise, far from
any digit, it still points to where the damage began, but less surely (README.md has the cosines).
"""

import sys
import tempfile

import numpy as np

from common import arguments, mnist, run, verdict, write_idx, write_json

DAMAGES = {"gaussian": 0.5, "masking": 0.5}


def damaged(images, kind, level, random):
    if kind == "gaussian":
        return images + random.normal(0, level, images.shape).astype("float32")
    return images * (random.random(images.shape) >= level)


def train(args, folder, name, *settings):
    model = f"{folder}/{name}.model"
    trained = run(args.hourglass, "train", f"{folder}/train.idx", "-o", model, *settings,
                  "--hidden", 128, "--latent-dim", 32, "--epochs", args.epochs,
                  "--seed", args.seed, "--threads", args.threads)
    print(f"{name}: {trained['epochs']} epochs in {trained['seconds']:.0f} s", flush=True)
    return model


def reconstruct(args, folder, model, images):
    np.save(f"{folder}/in.npy", images)
    run(args.hourglass, "reconstruct", model, f"{folder}/in.npy", "-o", f"{folder}/out.npy",
        "--threads", args.threads)
    return np.load(f"{folder}/out.npy")


def squared_error(images, clean):
    return float(np.square(images - clean).sum() / len(clean))


def mean_cosine(a, b):
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float(np.mean((a * b).sum(1) / lengths))


def measure(args, folder, plain, kind, level):
    """The figures of one kind of damage."""
    denoiser = train(args, folder, f"denoising {kind}:{level}", "--family", "denoising",
                     "--corrupt", f"{kind}:{level}")
    random = np.random.default_rng(args.seed)
    clean = (mnist(args.data_dir, "t10k")[0] / 255).astype("float32")
    seen = damaged(clean, kind, level, random)
    mended = reconstruct(args, folder, denoiser, seen)
    noise = random.random(clean.shape).astype("float32")
    seen_noise = damaged(noise, kind, level, random)
    mended_noise = reconstruct(args, folder, denoiser, seen_noise)
    return {
        "input": squared_error(seen, clean),
        "plain": squared_error(reconstruct(args, folder, plain, seen), clean),
        "denoiser": squared_error(mended, clean),
        "denoiser_on_clean": squared_error(reconstruct(args, folder, denoiser, clean), clean),
        "cosine": mean_cosine(mended - seen, clean - seen),
        "cosine_on_noise": mean_cosine(mended_noise - seen_noise, noise - seen_noise),
    }


def main():
    parser = arguments(__doc__)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    figures, held = {}, []
    with tempfile.TemporaryDirectory() as folder:
        write_idx(f"{folder}/train.idx", mnist(args.data_dir, "train", args.rows)[0])
        plain = train(args, folder, "deep", "--family", "deep")
        for kind, level in DAMAGES.items():
            seen = figures[kind] = measure(args, folder, plain, kind, level)
            name = f"{kind}:{level}"
            print(f"{name}: squared error per image {seen['input']:.1f} of the input, "
                  f"{seen['plain']:.2f} plain, {seen['denoiser']:.2f} denoiser "
                  f"({seen['denoiser_on_clean']:.2f} on clean digits)")
            held.append(verdict(f"{name}: denoiser's error / the plain one's",
                                seen["denoiser"] / seen["plain"], 0.5))
            held.append(verdict(f"{name}: mean cosine towards the clean digit", seen["cosine"],
                                0.8, above=True))
            held.append(verdict(f"{name}: the same on images of noise", seen["cosine_on_noise"],
                                seen["cosine"]))
    write_json(args.json, figures)
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
