"""What is typed on the pages about pupils, by subject."""

from tenant_apps.profile.forms.editing import StudentForm
from tenant_apps.profile.forms.lists import CategoriesForm, SearchForm, TickedForm

__all__ = ["CategoriesForm", "SearchForm", "StudentForm", "TickedForm"]
