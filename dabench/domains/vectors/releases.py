"""Where the files of the vector and sensor domains lie, and who publishes them.

Imports nothing heavy: the descriptors of the domains and their loaders both read it.
"""

from __future__ import annotations

OFFICE_CALTECH = {
    "amazon": "office_caltech_surf/amazon_SURF_L10.mat",
    "caltech": "office_caltech_surf/Caltech10_SURF_L10.mat",
    "dslr": "office_caltech_surf/dslr_SURF_L10.mat",
    "webcam": "office_caltech_surf/webcam_SURF_L10.mat",
}
OFFICE_CALTECH_HOMEPAGE = "https://github.com/VisionLearningGroup/CORAL"

PRODUCTS = ("books", "dvd", "electronics", "kitchen")

AMAZON = {name: (f"amazon_reviews/{name}_train.svmlight", f"amazon_reviews/{name}_test.svmlight") for name in PRODUCTS}
AMAZON_HOMEPAGE = "https://github.com/GRAAL-Research/domain_adversarial_neural_network"

_TEXT_FOLDERS = {name: name for name in PRODUCTS} | {"kitchen": "kitchen_&_housewares"}
AMAZON_TEXT = {
    name: (f"amazon_reviews_raw/{folder}/negative.review", f"amazon_reviews_raw/{folder}/positive.review")
    for name, folder in _TEXT_FOLDERS.items()
}
AMAZON_TEXT_HOMEPAGE = "https://www.cs.jhu.edu/~mdredze/datasets/sentiment/"

HAPT = "hapt/**/*"  # the publisher's folder RawData, or all recordings in one file:
HAPT_PACKED = "hapt_raw_float32.npz"
HAPT_LABELS = "hapt/RawData/labels.txt"
HAPT_HOMEPAGE = "https://archive.ics.uci.edu/dataset/341"
USERS = tuple(f"user{number:02d}" for number in range(1, 31))

GENRES = ("answers", "email", "newsgroup", "reviews", "weblog")
POS = {genre: f"ud_english_ewt/{genre}/*.conllu" for genre in GENRES}
POS_HOMEPAGE = "https://github.com/UniversalDependencies/UD_English-EWT/tree/master/not-to-release/sources"
