"""Sound: learned from with noise mixed in, denoised in the format it came in, measured beside clean
sound."""

import signal
import struct
import subprocess
import time
import unittest
import wave

import numpy as np

from support import COMMAND, TIMEOUT, CommandTest

SMALL = ("--set", "channels=6,8", "--set", "blocks=0,1", "--set", "patch=16", "--quiet")
RATE = 8000


def song(seconds, seed, rate=RATE):
    """Tones with overtones, each a fifth of a second, and pauses."""
    rng = np.random.default_rng(seed)
    notes = []
    for _ in range(int(5 * seconds)):
        t = np.arange(rate // 5) / rate
        pitch = 150 * 2 ** rng.uniform(0, 2)
        tone = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 6))
        notes.append(rng.choice([0, 0.1, 0.2]) * tone * np.sin(np.pi * 5 * t))
    return np.concatenate(notes)


def noisy(clean, decibels=5, seed=0):
    noise = np.random.default_rng(seed).normal(size=clean.shape)
    return clean + noise * np.sqrt((clean**2).mean() / 10 ** (decibels / 10))


def si_sdr(estimate, clean):
    a = (estimate @ clean) / (clean @ clean)
    return 10 * np.log10(((a * clean) ** 2).sum() / ((estimate - a * clean) ** 2).sum())


class Sound(CommandTest):
    def write_wave(self, name, samples, rate=RATE, width=2):
        """samples: n or n x channels, of 2 or 3 bytes."""
        (self.folder / name).parent.mkdir(exist_ok=True)
        samples = np.asarray(samples)
        whole = np.rint(np.clip(samples, -1, 1) * (2 ** (8 * width - 1) - 1)).astype("<i4")
        with wave.open(str(self.folder / name), "wb") as file:
            file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
            file.setsampwidth(width)
            file.setframerate(rate)
            file.writeframes(whole.reshape(-1, 1).view(np.uint8)[:, :width].tobytes())

    def read_wave(self, name):
        with wave.open(str(self.folder / name)) as file:
            frames = file.readframes(file.getnframes())
            padded = np.frombuffer(frames, np.uint8).reshape(-1, file.getsampwidth())
            whole = np.zeros((len(padded), 4), np.uint8)
            whole[:, 4 - file.getsampwidth():] = padded
            samples = whole.view("<i4").reshape(-1, file.getnchannels()) / 2**31
            return samples, file.getparams()

    def setUp(self):
        super().setUp()
        for i in range(4):
            self.write_wave(f"in/{i}.wav", song(4, i))

    def train(self, *words, epochs=1):
        return self.run_ok("train", "in", "--for", "denoise", "-o", "m", "--epochs", epochs,
                           "--seed", 1, *SMALL, *words)

    def test_noise_is_taken_away(self):
        self.train("--noise", "white", "--snr", "5", epochs=12)
        clean = song(3, 9)
        self.write_wave("clean.wav", clean)
        self.write_wave("noisy.wav", noisy(clean))
        told = self.run_json("denoise", "m", "noisy.wav", "-o", "out.wav", "--clean", "clean.wav")
        out, _ = self.read_wave("out.wav")
        self.assertEqual(len(out), len(clean))
        self.assertAlmostEqual(told["noisy_si_sdr"], si_sdr(noisy(clean), clean), delta=0.05)
        self.assertAlmostEqual(told["si_sdr"], si_sdr(out[:, 0], clean), delta=0.05)
        self.assertGreater(told["si_sdr_improvement"], 2)

    def test_length_rate_channels_and_format_are_kept(self):
        self.train("--noise", "white")
        for rate, channels, width in [(8000, 1, 2), (44100, 2, 3), (11025, 8, 2), (4000, 1, 3)]:
            sound = np.stack([0.3 * song(0.6, c, rate) for c in range(channels)], 1)[:-17]
            self.write_wave("x.wav", sound, rate, width)
            self.run_ok("denoise", "m", "x.wav", "-o", "y.wav", "--quiet")
            out, format_ = self.read_wave("y.wav")
            self.assertEqual(out.shape, sound.shape)
            self.assertEqual((format_.framerate, format_.sampwidth), (rate, width))

    def test_each_channel_is_denoised_by_itself(self):
        self.train("--noise", "white")
        left, right = noisy(song(1, 5)), noisy(song(1, 6), seed=2)
        self.write_wave("both.wav", np.stack([left, right], 1))
        self.write_wave("left.wav", left)
        for name in ("both", "left"):
            self.run_ok("denoise", "m", f"{name}.wav", "-o", f"{name}.out.wav", "--quiet")
        both, _ = self.read_wave("both.out.wav")
        alone, _ = self.read_wave("left.out.wav")
        np.testing.assert_array_equal(both[:, 0], alone[:, 0])

    def test_odd_sounds(self):
        self.train("--noise", "white")
        self.write_wave("one.wav", [0.5])
        self.write_wave("silent.wav", np.zeros(5000))
        self.write_wave("clipped.wav", np.sign(song(1, 3)))
        for name in ("one", "silent", "clipped"):
            self.run_ok("denoise", "m", f"{name}.wav", "-o", "out.wav", "--quiet")
            out, _ = self.read_wave("out.wav")
            self.assertEqual(len(out), len(self.read_wave(f"{name}.wav")[0]))
            if name == "silent":
                self.assertFalse(out.any())

    def test_a_folder_becomes_a_folder(self):
        self.train("--noise", "white")
        told = self.run_json("denoise", "m", "in", "-o", "out", "--clean", "in")
        self.assertEqual([each["name"] for each in told["of_each"]],
                         ["0.wav", "1.wav", "2.wav", "3.wav"])
        self.assertIsNone(told["noisy_si_sdr"])  # they are the same: infinite
        self.assertEqual(sorted(p.name for p in (self.folder / "out").iterdir()),
                         ["0.wav", "1.wav", "2.wav", "3.wav"])

    def test_noise_comes_from_recordings(self):
        self.write_wave("hum/a.wav", 0.1 * np.sin(2 * np.pi * 50 * np.arange(9000) / RATE))
        self.train("--noise-from", "hum", "--snr", "-5:5")
        self.assertIn("recording:-5-5", self.run_ok("info", "m"))

    def test_resumed_it_is_the_same(self):
        self.write_wave("hum/a.wav", 0.1 * np.sin(2 * np.pi * 50 * np.arange(9000) / RATE))
        words = ("--noise", "white", "--noise-from", "hum")
        self.train(*words, epochs=4)
        self.run_ok("denoise", "m", "in/0.wav", "-o", "whole.wav", "--quiet")
        begun = ["train", "in", "--for", "denoise", "-o", "m", "--epochs", "4", "--seed", "1",
                 *SMALL, *words, "--run", "run", "--checkpoint-every", "1"]
        process = subprocess.Popen([COMMAND, *begun], cwd=self.folder)
        deadline = time.monotonic() + TIMEOUT
        while not (self.folder / "run/metrics.jsonl").exists() and process.poll() is None:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=TIMEOUT)
        self.run_ok("train", "--resume", "run", "--quiet")
        self.run_ok("denoise", "m", "in/0.wav", "-o", "resumed.wav", "--quiet")
        self.assertEqual((self.folder / "resumed.wav").read_bytes(),
                         (self.folder / "whole.wav").read_bytes())

    def test_a_strange_recording_is_found(self):
        rng = np.random.default_rng(0)
        t = np.arange(3 * RATE) / RATE
        for i in range(60):
            hum = 0.1 * np.sin(2 * np.pi * rng.uniform(95, 105) * t[:rng.integers(RATE, 3 * RATE)])
            hum += rng.normal(size=hum.shape) * 0.01
            if i == 7:
                hum[5000:6000] += 0.05 * np.sin(2 * np.pi * 1500 * t[:1000])
            self.write_wave(f"{'normal' if i >= 20 else 'machines'}/{i:02}.wav", hum)
        self.run_ok("train", "normal", "--for", "detect", "-o", "d", "--quiet", "--ensemble", 5)
        self.run_ok("detect", "d", "machines", "-o", "scores.csv", "--explain", 1, "--quiet")
        scores = self.read_csv("scores.csv")
        self.assertEqual(len(scores), 20)
        worst = max(scores, key=lambda row: float(row["anomaly_score"]))
        self.assertIn("07.wav", worst.values())
        self.assertRegex(worst["top_1_feature"], "(peak|change|mean) at 1[3-7]..")

    def test_what_cannot_be_is_refused(self):
        self.train("--noise", "white")
        self.write_wave("x.wav", song(1, 1))
        self.refused(2, "train", "in", "--for", "inpaint", "-o", "n", says=["--for denoise"])
        self.refused(2, "train", "in", "--for", "denoise", "--noise", "masking:0.5", "-o", "n",
                     says=["--noise white", "--noise-from"])
        self.refused(2, "train", "in", "--for", "denoise", "--snr", "10:0", "-o", "n",
                     says=["LOW:HIGH"])
        self.refused(2, "denoise", "m", "x.wav", "-o", "y.flac", says=["y.flac", ".wav"])
        self.refused(2, "denoise", "m", "x.wav", "-o", "x.wav", says=["overwritten"])
        self.refused(2, "denoise", "m", "x.wav", "-o", "y.wav", "--turns", says=["--turns", "sound"])
        self.write("empty.wav", b"")
        self.write("bad.wav", b"RIFF\x10\0\0\0WAVEjunk")
        self.write("no.wav", b"hello")
        for name in ("empty.wav", "bad.wav", "no.wav", "missing.wav"):
            self.refused(3, "denoise", "m", name, "-o", "y.wav", says=[name])
        self.write_wave("short.wav", song(1, 1)[:-1])
        self.refused(3, "denoise", "m", "x.wav", "--clean", "short.wav", "-o", "y.wav",
                     says=["short.wav is shorter"])
        self.write("nan.wav", b"RIFF" + struct.pack("<I", 44) + b"WAVEfmt " + struct.pack(
            "<IHHIIHH", 16, 3, 1, RATE, 4 * RATE, 4, 32) + b"data" + struct.pack(
                "<Iff", 8, 0.5, float("nan")))
        self.refused(3, "denoise", "m", "nan.wav", "-o", "y.wav", says=["sample 2", "NaN"])
        self.assertFalse((self.folder / "y.wav").exists())


if __name__ == "__main__":
    unittest.main()
