from django.db import models


class Phase(models.TextChoices):
    """The phases a school can be of, as the set-up spreadsheet writes them."""

    PRIMARY = "Primary"
    SECONDARY = "Secondary"
    SPECIAL = "Special"
    ALL_THROUGH = "All-through", "All-through"
    NURSERY = "Nursery"
    OTHER = "Other"
