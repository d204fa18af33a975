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
    K7 = "k7", "Red"
    K8 = "k8", "Green"
    K9 = "k9", "Brown"
    K10 = "k10", "Slate"
    K11 = "k11", "Indigo"
    K12 = "k12", "Petrol"
