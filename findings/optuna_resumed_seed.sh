#!/usr/bin/env bash
# Optuna 5.0.0: a study that is resumed with its seeded sampler tries its first trials once more.
#
# The study's trials are kept in its storage; the state of the sampler's generator is not. A search of four trials that
# is continued for four more, by the same script with the same seed, evaluates the same four points twice: half of the
# budget is spent on what is known. While the sampler still draws at random (its first ten trials by default), resuming
# therefore adds nothing, and the resumed search is not the one that eight trials in one go would have been.
#
# Seen: the parameters of trials 4 to 7 equal those of trials 0 to 3; eight trials in one go have eight different ones.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet optuna==5.0.0 numpy==2.4.6
"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def search(name, trials):
    study = optuna.create_study(
        study_name=name,
        storage=f"sqlite:///{sys.argv[1]}/studies.db",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=0),
    )
    study.optimize(lambda trial: (trial.suggest_float("weight", 0, 1) - 0.3) ** 2, n_trials=trials)
    return [round(trial.params["weight"], 4) for trial in study.trials]


print("optuna", optuna.__version__)
search("resumed", 4)
resumed, whole = search("resumed", 4), search("whole", 8)
print("4 trials, then 4 more:", resumed)
print("8 trials in one go:   ", whole)
sys.exit(0 if resumed[:4] == resumed[4:] and len(set(whole)) == 8 else 1)
PYTHON
