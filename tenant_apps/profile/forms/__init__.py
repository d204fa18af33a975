"""What is typed on the pages about pupils, by subject."""

from tenant_apps.profile.forms.audits import ReportForm
from tenant_apps.profile.forms.contacts import ContactForm, CourtOrderForm, LinkForm, SiblingForm
from tenant_apps.profile.forms.editing import StudentForm
from tenant_apps.profile.forms.keeping import DeathForm, HoldForm, SealForm
from tenant_apps.profile.forms.lists import CategoriesForm, SearchForm, TickedForm, YearForm

__all__ = [
    "CategoriesForm",
    "ContactForm",
    "CourtOrderForm",
    "DeathForm",
    "HoldForm",
    "LinkForm",
    "ReportForm",
    "SealForm",
    "SearchForm",
    "SiblingForm",
    "StudentForm",
    "TickedForm",
    "YearForm",
]
