"""The figure of the workflow and its trainings: what was kept, the floors, ADA's probability."""

import example_results
import numpy as np
import pytest
from drawn import text_of

from rockrec.figures.history import plot_history


def history_axes(*arguments):
    """The panels below the drawing of the workflow."""
    return plot_history({"any": "wgan_gp"}, *arguments).axes[1:]


def test_history_marks_the_kept_step_and_the_floor():
    history = example_results.gan_history(kept=300)
    losses, error, score = history_axes({"wgan_gp": history}, {})
    for axes, column in ((error, "s2_error"), (score, "score")):
        kept = next(line for line in axes.lines if line.get_fillstyle() == "none")
        assert kept.get_xdata().tolist() == [300]
        assert kept.get_ydata()[0] == history.set_index("step")[column][300]
    (floor_of_error,), (floor_of_score,) = (
        [line for line in axes.lines if line.get_linestyle() == ":"] for axes in (error, score)
    )
    assert floor_of_error.get_ydata()[0] == 1e-6 and floor_of_score.get_ydata()[0] == 1
    assert "kept: step 300" in score.get_title(loc="right")
    losses_drawn = [line.get_ydata()[-1] for line in losses.lines if len(line.get_xdata()) > 2]
    for column in ("loss_generator", "loss_discriminator"):
        assert history[column].iloc[-1] in losses_drawn


def test_the_bold_losses_of_a_short_training_are_not_smoothed_flat():
    history = example_results.gan_history(steps=40, every=20, kept=40)
    history["loss_generator"] = -history["step"] / 40
    losses, *_ = history_axes({"wgan_gp": history}, {})
    pale, bold = (line.get_ydata() for line in losses.lines[2:4])
    np.testing.assert_allclose(bold, pale, atol=0.1)


def test_history_shows_the_probability_of_ada_where_there_is_one():
    history = example_results.gan_history()
    history["ada_p"] = np.nan
    assert len(history_axes({"wgan_gp": history}, {})) == 3
    history["ada_p"] = history["step"] / 1000
    *_, probability = history_axes({"stylegan2_ada": history}, {})
    assert "ADA" in probability.get_ylabel() and probability.get_ylim() == (0, 1)
    assert probability.lines[0].get_ydata().tolist() == history["ada_p"].tolist()


def test_history_of_annealing_shows_the_energy_of_each_realisation():
    history = example_results.annealing_history(realisations=3)
    energy, *_ = history_axes({}, {"rock": {"sa/1": history}})
    for line, (_, run) in zip(energy.lines, history.groupby("realisation"), strict=True):
        expected = run["energy"]
        assert line.get_ydata() == pytest.approx(expected.to_numpy())


def test_a_history_without_trainings_says_so_below_the_workflow():
    texts = text_of(plot_history({"mps": "external"}, {}, {}))
    assert "nothing was trained or annealed" in texts and "mps" in texts


@pytest.mark.parametrize(
    ("kinds", "lanes"),
    [
        ({"sa": "sa"}, ["sa"]),
        ({"a": "dcgan", "b": "sa", "c": "wgan_gp", "d": "external"}, ["a, c", "b", "d"]),
    ],
)
def test_the_workflow_names_each_method_in_its_lane(kinds, lanes):
    texts = text_of(plot_history(kinds, {}, {}))
    assert all(lane in texts for lane in lanes)
    assert ("loss" in texts) == ("dcgan" in kinds.values())
