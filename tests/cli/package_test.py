"""What an installation holds: a library that another program can find and link, the command, manual
pages that roff reads without a murmur, and completions."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = os.environ["HOURGLASS_BUILD"]
ROOT = pathlib.Path(__file__).resolve().parents[2]
VERBS = ("train", "info", "encode", "decode", "sample", "reconstruct", "detect")


def run(*words, **options):
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=300,
                          **options)
    if done.returncode != 0:
        raise AssertionError(f"{words}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="hourglass-package-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.prefix = pathlib.Path(cls.scratch.name) / "installed"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def test_the_example_builds_against_it_and_finds_the_strange_row(self):
        build = self.prefix.parent / "example"
        run("cmake", "-S", ROOT / "examples", "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", build)
        said = run(build / "strange_rows")
        first = next(line for line in said.splitlines() if line.startswith("row "))
        self.assertTrue(first.startswith("row 1000: "), said)
        self.assertIn("column ", said)
        broken = subprocess.run([build / "strange_rows", "nothing.csv"], capture_output=True)
        self.assertEqual(broken.returncode, 3)
        self.assertIn(b"nothing.csv", broken.stderr)

    def test_the_library_shows_its_interface_alone(self):
        library = next(self.prefix.rglob("libhourglass.so"))
        symbols = run("nm", "-DC", "--defined-only", library).splitlines()
        self.assertTrue(any("hourglass::Model::train" in line for line in symbols))
        for line in symbols:
            self.assertNotRegex(line, r" hourglass::(ThreadPool|AtomicFile|read_table)")

    def test_the_denoiser_that_comes_with_it_is_there(self):
        shipped = self.prefix / "share" / "hourglass" / "models" / "denoise-default"
        self.assertEqual(shipped.read_bytes(), (ROOT / "models" / "denoise-default").read_bytes())

    def test_the_command_runs_from_there(self):
        self.assertIn("hourglass ", run(self.prefix / "bin" / "hourglass", "--version"))

    def test_manual_pages(self):
        for name in ["hourglass"] + [f"hourglass-{verb}" for verb in VERBS]:
            page = self.prefix / "share" / "man" / "man1" / f"{name}.1"
            text = page.read_text()
            for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES"):
                self.assertIn(f".SH {section}\n", text)
            if shutil.which("groff"):
                complaints = subprocess.run(["groff", "-ww", "-man", "-Tutf8", page],
                                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                self.assertEqual(complaints.stderr, b"")

    def test_completions(self):
        share = self.prefix / "share"
        bash = share / "bash-completion" / "completions" / "hourglass"
        script = f"""source {bash}
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _hourglass; echo "${{COMPREPLY[@]}}" """
        def completed(*words):
            # compopt only works inside a completion that the shell itself started.
            return run("bash", "-c", "compopt() { :; }; " + script, "bash", *words).split()
        self.assertEqual(completed("hourglass", "de"), ["decode", "detect", "denoise"])
        self.assertIn("--latent-dim", completed("hourglass", "train", "--la"))
        self.assertIn("linear", completed("hourglass", "train", "--family", "li"))
        self.assertEqual(completed("hourglass", "train", "--latent-dim", ""), [])
        for path, shell in ((share / "zsh" / "site-functions" / "_hourglass", "zsh"),
                            (share / "fish" / "vendor_completions.d" / "hourglass.fish", "fish")):
            text = path.read_text()
            for verb in VERBS:
                self.assertIn(verb, text)
            self.assertIn("latent-dim", text)
            if shutil.which(shell):
                run(shell, "-n", path)


if __name__ == "__main__":
    unittest.main()
