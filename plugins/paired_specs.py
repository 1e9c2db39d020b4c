"""The method of the track paired that no other track has, as a spec."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import HEREMANS_2022

from dabench import MethodSpec, Range

HEREMANS = (
    "Heremans, Phan, Ansari, Borzée, Buyse, Testelmans & De Vos 2022, Feature matching as improved transfer learning "
    "technique for wearable EEG, Biomedical Signal Processing and Control 78:104009, arXiv:2201.00644"
)


def specs() -> Iterator[MethodSpec]:
    """Feature matching. The baselines of its paper are fine_tune, target_k and source_only ("direct transfer")."""
    yield MethodSpec(
        name="feature_matching",
        entry_point="dabench_plugins.feature_matching:FeatureMatching",
        summary="a network for each domain, which agree on simultaneous samples",
        reference=HEREMANS,
        citation=HEREMANS_2022,
        tracks=("paired",),
        loss=r"L = \mathrm{CE}(g_s(f_s(x_s)), y_s), \quad \text{then} \quad L + \mathrm{CE}(g_t(f_t(x_t')), y') "
        r"+ w\,\overline{(f_t(x_t') - f_s(x_s'))^2}",
        search={"weight": Range(0.1, 10, log=True)},
        deviations=(
            "A step has as many source examples without a partner as simultaneous samples; the code has many more.",
            "The last step is reported; the code keeps the best on labelled target recordings of other people.",
            "The suite decides on network, optimiser and normalisation; the code has Adam at 1e-4 and L2.",
            "Each domain is normalised as a whole; the code normalises every recording.",
            "Where examples of the domains differ in shape, layers that do not fit start from random weights.",
        ),
    )
