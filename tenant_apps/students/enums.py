"""The choices of a pupil's record, as the MIS codes them."""

from django.db import models


class Source(models.TextChoices):
    """Who made a row: an import never touches what a person made."""

    MIS = "mis", "MIS"
    HAND = "hand", "By hand"


class EnrolmentStatus(models.TextChoices):
    CURRENT = "C", "Current"
    GUEST = "G", "Guest"
    MAIN = "M", "Main (dual registration)"
    SUBSIDIARY = "S", "Subsidiary (dual registration)"


class SenStatus(models.TextChoices):
    NONE = "N", "No special educational need"
    SUPPORT = "K", "SEN support"
    PLAN = "E", "Education, health and care plan"


class Sex(models.TextChoices):
    FEMALE = "F", "Female"
    MALE = "M", "Male"


class Relationship(models.TextChoices):
    """What the MIS says of two linked pupils; a link made by hand may use other words."""

    SIBLING = "sibling", "Sibling"
    HALF_SIBLING = "half-sibling", "Half-sibling"
    STEP_SIBLING = "step-sibling", "Step-sibling"
    OTHER = "other", "Other"


class OwnRelationship(models.TextChoices):
    """The kinds of links made by hand; each is the same from both sides."""

    SIBLING = "sibling", "Sibling"
    COUSIN = "cousin", "Cousin"
    FRIEND = "friend", "Friend"
    NEIGHBOUR = "neighbour", "Neighbour"
    OTHER = "other", "Other"


SEN_NEEDS = {
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "HI": "Hearing impairment",
    "MLD": "Moderate learning difficulty",
    "MSI": "Multi-sensory impairment",
    "NSA": "SEN support, no specialist assessment of type of need",
    "OTH": "Other difficulty or disability",
    "PD": "Physical disability",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "SLD": "Severe learning difficulty",
    "SPLD": "Specific learning difficulty",
    "VI": "Vision impairment",
}

ETHNICITIES = {
    "ABAN": "Bangladeshi",
    "AIND": "Indian",
    "AOTH": "Any other Asian background",
    "APKN": "Pakistani",
    "BAFR": "Black African",
    "BCRB": "Black Caribbean",
    "BOTH": "Any other Black background",
    "CHNE": "Chinese",
    "MOTH": "Any other mixed background",
    "MWAS": "White and Asian",
    "MWBA": "White and Black African",
    "MWBC": "White and Black Caribbean",
    "NOBT": "Information not yet obtained",
    "OOTH": "Any other ethnic group",
    "REFU": "Refused",
    "WBRI": "White British",
    "WIRI": "White Irish",
    "WIRT": "Traveller of Irish heritage",
    "WOTH": "Any other White background",
    "WROM": "Gypsy / Roma",
}

YEAR_GROUPS = {
    "N1": "Nursery 1",
    "N2": "Nursery 2",
    "R": "Reception",
    **{str(year): f"Year {year}" for year in range(1, 15)},
}
