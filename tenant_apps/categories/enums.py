"""The fixed palette of category colours."""

from django.db import models


class Colour(models.TextChoices):
    """A class of the stylesheet; the colour itself is the theme's business."""

    K1 = "k1", "Purple"
    K2 = "k2", "Teal"
    K3 = "k3", "Orange"
    K4 = "k4", "Blue"
    K5 = "k5", "Pink"
    K6 = "k6", "Olive"
    K7 = "k7", "Indigo"
    K8 = "k8", "Green"
    K9 = "k9", "Brown"
    K10 = "k10", "Red"
    K11 = "k11", "Magenta"
    K12 = "k12", "Slate"


# The light theme's colours, by which the nearest class to a hex on a set-up sheet is found. A stylesheet's
# test keeps both in step.
LIGHT_HEX: dict[Colour, str] = {
    Colour.K1: "#5b3a94",
    Colour.K2: "#0f766e",
    Colour.K3: "#b24c12",
    Colour.K4: "#2563a8",
    Colour.K5: "#a8326b",
    Colour.K6: "#5f6b10",
    Colour.K7: "#3d45b0",
    Colour.K8: "#2b7031",
    Colour.K9: "#7c4a21",
    Colour.K10: "#9b1c31",
    Colour.K11: "#8e2fa3",
    Colour.K12: "#475569",
}
