"""Help, version, and command lines that make no sense."""

import unittest

from support import CommandTest

VERBS = ("train", "info", "encode", "decode", "sample", "reconstruct", "detect", "denoise", "inpaint",
         "index", "search")


class Help(CommandTest):
    def test_general_help_names_every_verb(self):
        text = self.run_ok("--help")
        for verb in VERBS:
            self.assertIn(f"\n  {verb} ", text)

    def test_each_verb_has_usage_and_two_examples(self):
        for verb in VERBS:
            text = self.run_ok(verb, "--help")
            self.assertEqual(text, self.run_ok("help", verb))
            self.assertIn(f"Usage: hourglass {verb} ", text)
            examples = text[text.index("Examples:"):]
            self.assertEqual(examples.count(f"    hourglass {verb} "), 2, verb)
            for flag in ("--json", "--quiet", "--version"):
                self.assertIn(flag, text)

    def test_help_fits_a_terminal(self):
        for verb in VERBS:
            prose = self.run_ok(verb, "--help").split("Examples:")[0]
            self.assertLessEqual(max(map(len, prose.splitlines())), 80)

    def test_version_says_which_arithmetic_was_chosen(self):
        text = self.run_ok("--version")
        self.assertRegex(text, r"^hourglass \d+\.\d+\.\d+\n")
        self.assertEqual(sum(line.endswith("in use") for line in text.splitlines()), 1)
        self.assertEqual(text, self.run_ok("train", "--version"))


class Mistakes(CommandTest):
    def setUp(self):
        super().setUp()
        self.write_table()

    def test_misspelt_words_name_the_nearest(self):
        self.refused(2, "tarin", "table.csv", says="did you mean train?")
        self.refused(2, "train", "table.csv", "-o", "m", "--latent-dmi", 8,
                     says=("--latent-dmi", "did you mean --latent-dim?"))
        self.refused(2, "train", "table.csv", "-o", "m", "--set", "latent_dmi=8",
                     says="did you mean 'latent_dim'?")
        self.refused(2, "train", "table.csv", "-o", "m", "--loss", "mes", says="mse")
        self.refused(2, "train", "table.csv", "-o", "m", "--family", "depe", says="deep")
        self.refused(3, "train", "table.csv", "-o", "m", "--drop", "x22", says="'x2'")

    def test_a_misspelt_config_key_names_file_line_and_nearest(self):
        self.write("c.toml", "\n[training]\nepohcs = 3\n")
        self.refused(2, "train", "table.csv", "-o", "m", "--config", "c.toml",
                     says=("c.toml", "line 3", "epochs"))
        self.refused(2, "train", "table.csv", "-o", "m", "--config", "none.toml", says="none.toml")

    def test_values_that_are_missing_or_wrong(self):
        self.refused(2, "train", "table.csv", "-o", says="needs a value")
        self.refused(2, "train", "table.csv", "-o", "m", "--epochs", "--quiet", says="--epochs")
        self.refused(2, "train", "table.csv", "-o", "m", "--epochs", "many", says="many")
        self.refused(2, "train", "table.csv", "-o", "m", "--epochs", 0, says="epochs")
        self.refused(2, "train", "table.csv", "-o", "m", "--validation", 1.5, says="validation")
        self.refused(2, "train", "table.csv", "-o", "m", "--threads", "x", says="--threads")
        self.refused(2, "detect", "table.csv", "--contamination", 0.9, says="--contamination")
        self.refused(2, "train", "table.csv", "-o", "m", "--for", "denoize", says="denoise")

    def test_arguments_too_few_or_too_many(self):
        self.refused(2, says="name a verb")
        self.refused(2, "train", "-o", "m", says="DATA is missing")
        self.refused(2, "train", "table.csv", says="-o is missing")
        self.refused(2, "train", "table.csv", "b.csv", "-o", "m", says="'b.csv'")
        self.refused(2, "info", says="MODEL is missing")
        self.refused(2, "info", "m", "--explain", 3, says="detect has it")
        self.refused(2, "detect", "m", "table.csv", "--latent-dim", 3, says="latent_dim")
        self.refused(2, "reconstruct", "m", "table.csv", says="nothing to do")

    def test_outputs_are_checked_before_any_work(self):
        self.refused(1, "train", "missing.csv", "-o", "nowhere/m", says="no folder nowhere")
        self.refused(1, "train", "missing.csv", "-o", ".", says="it is a folder")
        self.refused(2, "encode", "m", "table.csv", "-o", "codes.txt", says=".npy or .csv")
        self.refused(2, "detect", "table.csv", "-o", "scores.txt", says=".csv or .npy")
        self.refused(2, "reconstruct", "m", "table.csv", "--figure", "f.jpg", says=".png")


if __name__ == "__main__":
    unittest.main()
