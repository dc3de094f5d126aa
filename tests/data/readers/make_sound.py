"""Makes the files of sound here: 60 ms of two tones at 8,000 samples a second, in each format.

Needs PyPI's soundfile (libsndfile 1.2)."""

import numpy as np
import soundfile

RATE = 8000


def tones(channels):
    t = np.arange(480) / RATE
    return np.stack([0.5 * np.sin(2 * np.pi * (440 + 110 * c) * t) for c in range(channels)], 1)


for name, channels, container, kind in [
    ("sound8.wav", 1, "WAV", "PCM_U8"), ("sound16.wav", 2, "WAV", "PCM_16"),
    ("sound24.wav", 1, "WAV", "PCM_24"), ("sound_float.wav", 1, "WAV", "FLOAT"),
    ("sound_eight.wav", 8, "WAVEX", "PCM_16"), ("sound_ulaw.wav", 1, "WAV", "ULAW"),
    ("sound_adpcm.wav", 1, "WAV", "IMA_ADPCM"), ("sound_rf64.wav", 1, "RF64", "PCM_16"),
    ("sound.flac", 1, "FLAC", "PCM_16"), ("sound.ogg", 1, "OGG", "VORBIS"),
    ("sound_opus.ogg", 1, "OGG", "OPUS")]:
    soundfile.write(name, tones(channels), RATE, subtype=kind, format=container)
