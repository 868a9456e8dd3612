"""What can be set of the plain convolutional networks, DCGAN and WGAN-GP."""

from dataclasses import dataclass

from rockrec.gans.settings.checks import is_number, is_share, is_zero_or_more
from rockrec.gans.settings.engine import GanSettings

UPSAMPLING = ("transposed", "resize", "blur")
INITIAL_WEIGHTS = ("he", "normal")

_BOTH = {
    "upsampling": "resize",
    "pointwise": False,
    "initial_weights": "he",
    "spectral_norm": False,
}
DCGAN = {**_BOTH, "critic_steps": 1, "betas": (0.5, 0.999), "label_smoothing": 0.0, "r1": 0.0}
WGAN_GP = {**_BOTH, "critic_steps": 5, "betas": (0.0, 0.9), "penalty": 10.0}
_OWN = {"dcgan": ("label_smoothing", "r1"), "wgan_gp": ("penalty",)}


@dataclass(frozen=True, kw_only=True)
class ConvolutionalSettings(GanSettings):
    """Settings of DCGAN and WGAN-GP.

    Attributes
    ----------
    critic_steps : updates of the discriminator per update of the generator (paper: 5 for
        WGAN-GP, 1 for DCGAN).
    upsampling : ``transposed`` convolution of 4 x 4, stride 2 (paper); ``blur``: the same, then
        a 3 x 3 blur; or ``resize``: bilinear resizing, then a 3 x 3 convolution.
    pointwise : a 1 x 1 convolution with BatchNorm before the last layer (paper: true).
    initial_weights : of the convolutions: ``he``, N(0, 2 / inputs), or ``normal``, N(0, 0.02²)
        (paper), under which the signal of narrow layers all but vanishes and the first
        hundreds of steps are lost.
    spectral_norm : hold each layer of the discriminator to slopes of at most 1 (paper: false).
    penalty : weight of the gradient penalty (WGAN-GP only; paper: 10).
    label_smoothing : what the label of real tiles falls short of 1 (DCGAN only; paper: 0).
    r1 : weight of the penalty on slopes at real tiles (DCGAN only; paper: 0).
    """

    critic_steps: int
    upsampling: str
    pointwise: bool
    initial_weights: str
    spectral_norm: bool
    penalty: float | None = None
    label_smoothing: float | None = None
    r1: float | None = None

    def _check_own(self):
        self._require(
            self.initial_weights in INITIAL_WEIGHTS, "initial_weights", " or ".join(INITIAL_WEIGHTS)
        )
        self._require(self.upsampling in UPSAMPLING, "upsampling", " or ".join(UPSAMPLING))
        for name in ("pointwise", "spectral_norm"):
            self._require(isinstance(getattr(self, name), bool), name, "true or false")
        for name in ("penalty", "label_smoothing", "r1"):
            if name not in _OWN[self.kind] and getattr(self, name) is not None:
                raise ValueError(f"{name} is no setting of {self.kind}")
        if self.kind == "wgan_gp":
            self._require(is_number(self.penalty, above=0), "penalty", "above 0")
        if self.kind == "dcgan":
            self._require(is_share(self.label_smoothing), "label_smoothing", "in [0, 1)")
            self._require(is_zero_or_more(self.r1), "r1", "0 or above")
