#!/usr/bin/env python3
"""Noise in speech: two speakers are learned from, two others never heard are denoised, beside
spectral gating (noisereduce).

Trains one model on the Free Spoken Digit Dataset's george and jackson (`fsdd/SPEAKER/*.wav`) with
white noise and with babble, which is up to four of those same recordings at once. Recordings of
theo and nicolas get white noise, or babble of six voices of the other three speakers, at 5 dB.
Prints the scale-invariant signal-to-distortion ratio (SI-SDR) before and after. Bars: on white
noise 3 dB above what noisereduce gains, the better of its two ways; on babble a gain.

Needs NumPy and, from PyPI, noisereduce: python3 -m venv v; v/bin/pip install noisereduce pillow;
v/bin/python recipes/sound.py
"""

import pathlib
import sys
import tempfile
import wave

try:
    import noisereduce
    import numpy as np
except ImportError as missing:
    sys.exit(f"{missing}: run this with a Python that has NumPy and noisereduce (from PyPI)")

from common import arguments, require, run, verdict, write_json

RATE = 8000
LEARNED = ("george", "jackson")
UNHEARD = ("theo", "nicolas")
RATIO = 5
VOICES = 6


def read(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768


def write(path, samples):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes())


def si_sdr(estimate, clean):
    along = (estimate @ clean) / (clean @ clean) * clean
    return 10 * np.log10((along @ along) / ((estimate - along) @ (estimate - along)))


def stretch(recording, count, random):
    """So many samples from a place on, a short one over and over, of power 1."""
    whole = np.tile(recording, count // len(recording) + 2)
    begin = random.integers(len(recording))
    return whole[begin:begin + count] / np.sqrt(np.mean(recording**2))


def make_test(data, folder, each):
    """Clean and noisy files of the speakers never learned from."""
    random = np.random.default_rng(0)
    recordings = {speaker: [read(path) for path in sorted((data / speaker).glob("*.wav"))]
                  for speaker in LEARNED + UNHEARD}
    for speaker in UNHEARD:
        others = [other for other in recordings if other != speaker]
        paths = sorted((data / speaker).glob("*.wav"))
        for path in paths[::max(1, len(paths) // each)]:
            # Half as loud, so that nothing is clipped.
            clean = read(path) / 2
            voices = [recordings[others[i % len(others)]] for i in range(VOICES)]
            noises = {"white": random.normal(size=len(clean)),
                      "babble": sum(stretch(of[random.integers(len(of))], len(clean), random)
                                    for of in voices)}
            write(folder / "clean" / speaker / path.name, clean)
            for kind, noise in noises.items():
                noise *= np.sqrt(np.mean(clean**2) / np.mean(noise**2) / 10 ** (RATIO / 10))
                write(folder / kind / speaker / path.name, clean + noise)


def gated(folder, kind, speaker, stationary):
    """The mean SI-SDR of what noisereduce makes of a folder, with frames as long as ours."""
    found = []
    for path in sorted((folder / kind / speaker).glob("*.wav")):
        out = noisereduce.reduce_noise(y=read(path), sr=RATE, stationary=stationary, n_fft=256)
        clean = read(folder / "clean" / speaker / path.name)
        found.append(si_sdr(out[:len(clean)], clean))
    return float(np.mean(found))


def spectrogram(samples):
    """Rows from high frequencies to low, in shades of 60 dB."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, 128), 256)[::32]
    power = np.abs(np.fft.rfft(frames * np.hanning(256))) ** 2
    decibels = 10 * np.log10(power + 1e-9).T[::-1]
    return np.uint8(255 * np.clip((decibels - 25 + 60) / 60, 0, 1))


def draw(folder, images):
    """Clean, noisy and denoised, one above the other, of one recording of each kind and speaker."""
    from PIL import Image

    images.mkdir(parents=True, exist_ok=True)
    for kind in ("white", "babble"):
        for speaker in UNHEARD:
            name = sorted((folder / "clean" / speaker).glob("*.wav"))[3].name
            panels = [spectrogram(read(folder / part / speaker / name))
                      for part in ("clean", kind, f"{kind}-denoised")]
            gap = np.full((4, panels[0].shape[1]), 255, np.uint8)
            stacked = np.vstack([row for panel in panels for row in (panel, gap)][:-1])
            picture = Image.fromarray(stacked)
            picture.resize((4 * picture.width, 2 * picture.height), Image.NEAREST).save(
                images / f"{kind}-{speaker}.png")


def main():
    parser = arguments(__doc__)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--each", type=int, default=100, help="recordings of each test speaker")
    parser.add_argument("--model", help="use this one rather than train")
    parser.add_argument("--images", metavar="DIR", help="draw spectrograms into this folder")
    parsed = parser.parse_args()
    data = require(pathlib.Path(parsed.data_dir) / "fsdd")

    figures, held = {}, True
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = parsed.model
        if not model:
            (folder / "learned").mkdir()
            for speaker in LEARNED:
                for path in (data / speaker).glob("*.wav"):
                    (folder / "learned" / path.name).symlink_to(path.resolve())
            model = folder / "speech.model"
            figures["training"] = run(
                parsed.hourglass, "train", folder / "learned", "--for", "denoise", "--noise",
                "white", "--noise-from", folder / "learned", "--snr", "0:10", "-o", model,
                "--epochs", parsed.epochs)
            print(f"trained in {figures['training']['seconds']:.0f} s")
        make_test(data, folder, parsed.each)
        for kind in ("white", "babble"):
            for speaker in UNHEARD:
                denoised = folder / f"{kind}-denoised" / speaker
                denoised.parent.mkdir(exist_ok=True)
                ours = run(parsed.hourglass, "denoise", model, folder / kind / speaker, "-o",
                           denoised, "--clean", folder / "clean" / speaker)
                theirs = max(gated(folder, kind, speaker, way) for way in (False, True))
                before, after = ours["noisy_si_sdr"], ours["si_sdr"]
                gains = {"before": before, "after": after, "noisereduce": theirs}
                figures[f"{kind} {speaker}"] = gains
                print(f"{kind}, {speaker}: {before:.2f} dB, denoised {after:.2f}, by noisereduce "
                      f"{theirs:.2f}")
                bar = theirs - before + 3 if kind == "white" else 0
                held &= verdict(f"{kind}, {speaker}: gain in dB", after - before, bar, above=True)
        if parsed.images:
            draw(folder, pathlib.Path(parsed.images))
    write_json(parsed.json, figures)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
